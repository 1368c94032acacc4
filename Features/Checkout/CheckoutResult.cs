using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Checkout;

/// <summary>What came of a checkout: the order is placed, or it was refused and nothing was kept.</summary>
internal abstract record CheckoutResult<TView>
{
    private CheckoutResult()
    {
    }

    public sealed record Placed(TView Order) : CheckoutResult<TView>;

    public sealed record Refused(Refusal Refusal) : CheckoutResult<TView>;
}
