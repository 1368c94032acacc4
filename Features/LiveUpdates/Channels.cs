namespace StoreFlow.Features.LiveUpdates;

/// <summary>The channels of section 12. A client never names one: the server decides who listens to which.</summary>
public static class Channels
{
    public static string Store(long storeId) => $"store.{storeId}.orders";

    public static string Customer(string publicId) => $"customer.{publicId}.order";

    /// <summary>Nothing is announced here: its listeners only get heartbeats.</summary>
    public static string Person(long userId) => $"user.{userId}";

    /// <summary><c>store</c>, <c>customer</c> or <c>person</c>.</summary>
    public static string KindOf(string channel) => channel[0] switch
    {
        's' => "store",
        'c' => "customer",
        _ => "person",
    };
}
