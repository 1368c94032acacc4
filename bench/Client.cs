using System.Buffers;

namespace StoreFlow.Bench;

/// <summary>Decides what one connection sends, and looks at the answers.</summary>
internal abstract class Client
{
    /// <summary>Where the body of each answer is kept; null if the client does not need it.</summary>
    public virtual ArrayBufferWriter<byte>? Body => null;

    /// <summary>Writes the next request and returns its length in bytes; 0 if there are no more.</summary>
    public abstract int WriteNext(Span<byte> request);

    /// <summary>Takes the answer to the last request; false if the status is not the expected one.</summary>
    public abstract bool Accepts(int status);
}

/// <summary>Writes the next request and returns its length in bytes; 0 if there are no more. All connections share it.</summary>
internal delegate int NextRequest(Span<byte> request);

/// <summary>Requests that do not depend on earlier answers.</summary>
internal sealed class IndependentRequests(NextRequest next, int expectedStatus) : Client
{
    public override int WriteNext(Span<byte> request) => next(request);

    public override bool Accepts(int status) => status == expectedStatus;
}
