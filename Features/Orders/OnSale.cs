namespace StoreFlow.Features.Orders;

/// <summary>Whether a product can be ordered now.</summary>
public static class OnSale
{
    /// <summary>A condition on a row of <c>products</c>: on sale, or back by <c>@now</c>.</summary>
    public const string Sql = "(on_sale = 1 OR (back_at IS NOT NULL AND back_at <= @now))";
}
