using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Orders;

/// <summary>What is known of an idempotency key.</summary>
public abstract record KeyLookup<T>
{
    private KeyLookup()
    {
    }

    /// <summary>Nobody has used it yet.</summary>
    public sealed record Unused : KeyLookup<T>;

    /// <summary>The same request was answered before.</summary>
    public sealed record Answered(T Answer) : KeyLookup<T>;

    /// <summary>It was used for another request.</summary>
    public sealed record Reused(Refusal Refusal) : KeyLookup<T>;
}
