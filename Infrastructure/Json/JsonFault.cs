using System.Text.Json;

namespace StoreFlow.Infrastructure;

/// <summary>
/// What is wrong with a JSON text, in words for whoever wrote it. The serializer tells what it expected in its messages
/// alone, and the name of one of our types is all that most of them give.
/// </summary>
internal static class JsonFault
{
    /// <summary>Where: <c>items[0].quantity</c>; empty where it is the text as a whole.</summary>
    public static string Field(JsonException fault) => fault.Path?.TrimStart('$').TrimStart('.') ?? "";

    public static string Sentence(JsonException fault) => (fault.InnerException, fault.Message) switch
    {
        (JsonException, _) => $"This is not valid JSON in UTF-8 (line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}).",
        (FormatException, _) => "This has to be a whole number.",
        (InvalidOperationException { Message: var said }, _) when said.EndsWith("as a number.", StringComparison.Ordinal) => "This has to be a whole number.",
        (InvalidOperationException { Message: var said }, _) when said.EndsWith("as a string.", StringComparison.Ordinal) => "This has to be text.",
        (InvalidOperationException, _) => "This has characters in it that are no text.",
        (_, var said) when said.StartsWith("Duplicate property", StringComparison.Ordinal) => "This field is given twice.",
        (_, var said) when said.StartsWith("The JSON value could not", StringComparison.Ordinal) => "This value is not of the kind expected here.",
        (_, var said) when said.Contains("could not be mapped to any .NET member", StringComparison.Ordinal) => "There is no such field.",
        (_, var said) => said,  // our own converters' sentence
    };
}
