using System.Text.Json;

namespace StoreFlow.Infrastructure;

/// <summary>A value that one of our converters refuses; the message is a sentence for the author of the JSON.</summary>
internal sealed class JsonValueException(string sentence) : JsonException(sentence);

/// <summary>What is wrong with a JSON text, in words for its author.</summary>
internal static class JsonFault
{
    /// <summary>Where: <c>items[0].quantity</c>; empty where it is the text as a whole.</summary>
    public static string Field(JsonException fault) => fault.Path?.TrimStart('$').TrimStart('.') ?? "";

    /// <summary>
    /// What: only the exception's type is asked. Numbers, texts and names have converters of ours, so what the serializer
    /// itself refuses is an object or a list that should be something else, or a name given twice.
    /// </summary>
    public static string Sentence(JsonException fault, JsonSerializerOptions options) => fault switch
    {
        JsonValueException => fault.Message,
        { InnerException: JsonException } =>
            $"This is not valid JSON in UTF-8 (line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}).",
        { InnerException: InvalidOperationException } => NoText,
        _ when options.AllowDuplicateProperties => "This value is not of the kind expected here.",
        _ => "This value is not of the kind expected here, or the field is given twice.",
    };

    internal const string NoText = "This has characters in it that are no text.";
}
