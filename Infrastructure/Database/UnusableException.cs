namespace StoreFlow.Infrastructure;

/// <summary>StoreFlow must not work on this data directory; the message tells the operator why and what to do.</summary>
/// <remarks>An <see cref="IOException"/>, since that is what the commands report as a sentence.</remarks>
public sealed class UnusableException(string sentence, Exception? inner = null) : IOException(sentence, inner)
{
    /// <summary>Why alone, where the message also says what to do on a start. Null where it does not.</summary>
    internal string? Cause { get; init; }
}
