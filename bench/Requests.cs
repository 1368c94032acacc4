using System.Text;
using System.Text.Unicode;

namespace StoreFlow.Bench;

/// <summary>The requests that are measured, as bytes. All of staff's carry the owner's token.</summary>
internal static class Requests
{
    /// <summary>The owner's API token in a seeded file.</summary>
    public const string Token = "sf_bench";

    private const string Owner = $"Host: bench\r\nAuthorization: Bearer {Token}\r\n";

    public static NextRequest Nothing => into => Post(into, "/nothing", """{"version":1}""");

    public static NextRequest Order(SeededFile file) => into => Get(into, $"/orders/{1 + Random.Shared.Next(file.Orders)}");

    public static NextRequest Board(SeededFile file) => into => Get(into, $"/stores/{OneOf(file.Stores)}/orders?status=active&limit=50");

    /// <summary>A page from anywhere in the newer half of the list, so that it is full even where a store has few orders.</summary>
    public static NextRequest Page(SeededFile file) =>
        into => Get(into, $"/stores/{OneOf(file.Stores)}/orders?limit=20&after={Random.Shared.Next(file.Orders / 2, file.Orders)}");

    public static NextRequest SearchByName(SeededFile file) => into => Get(into, $"/stores/{OneOf(file.Stores)}/orders?q={People.LastName(Random.Shared)}");

    public static NextRequest SearchByReference(SeededFile file) => into => Get(into, $"/stores/{OneOf(file.Stores)}/orders?q={Random.Shared.Next():X8}");

    public static NextRequest Checkout(SeededFile file) => into =>
    {
        var store = OneOf(file.Stores);
        var products = file.Products[store];
        return Post(into, "/checkout", $$$"""
            {"store_id":{{{store}}},"fulfilment_type":"pickup","items":[{"product_id":{{{products[0]}}},"quantity":2},{"product_id":{{{products[1]}}},"quantity":1}],"customer":{"name":"{{{People.Name(Random.Shared)}}}","email":"mia@example.com"}}
            """, staff: false);
    };

    /// <summary>Watches a store's events, after a sequence or from now on.</summary>
    public static byte[] Watch(long store, long? after) => Encoding.ASCII.GetBytes(
        $"GET /stores/{store}/orders/events{(after is null ? "" : $"?after={after}")} HTTP/1.1\r\n{Owner}\r\n");

    internal static int Post(Span<byte> into, string path, string body, bool staff = true)
    {
        Utf8.TryWrite(into, $"POST {path} HTTP/1.1\r\n{(staff ? Owner : "Host: bench\r\n")}Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}", out var length);
        return length;
    }

    private static int Get(Span<byte> into, string path)
    {
        Utf8.TryWrite(into, $"GET {path} HTTP/1.1\r\n{Owner}\r\n", out var length);
        return length;
    }

    private static long OneOf(IReadOnlyList<long> stores) => stores[Random.Shared.Next(stores.Count)];
}
