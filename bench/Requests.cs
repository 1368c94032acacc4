using System.Text;
using System.Text.Unicode;

namespace StoreFlow.Bench;

/// <summary>The measured requests, as bytes. Those of staff carry the owner's token.</summary>
internal static class Requests
{
    /// <summary>The owner's API token in a seeded file.</summary>
    public const string Token = "sf_bench";

    private const string Anonymous = "Host: bench\r\n";
    private const string Owner = $"{Anonymous}Authorization: Bearer {Token}\r\n";

    private static readonly string[] PickupSteps = ["accept", "start-preparation", "mark-ready", "complete"];
    private static readonly string[] ShippingSteps = ["accept", "start-packing", "ship", "mark-delivered"];

    public static NextRequest Nothing => request => Post(request, "/nothing", """{"version":1}""", Owner);

    public static NextRequest Order(SeededFile file) => request => Get(request, $"/orders/{1 + Random.Shared.Next(file.Orders)}");

    public static NextRequest Board(SeededFile file) =>
        request => Get(request, $"/stores/{RandomStore(file)}/orders?status=active&limit=50");

    /// <summary>A page from the newer half of the list, so that it is full even if a store has few orders.</summary>
    public static NextRequest ListPage(SeededFile file) =>
        request => Get(request, $"/stores/{RandomStore(file)}/orders?limit=20&after={Random.Shared.Next(file.Orders / 2, file.Orders)}");

    /// <summary>The figures of the last year.</summary>
    public static NextRequest FiguresOfYear(SeededFile file)
    {
        var (from, to) = (DateTime.UtcNow.AddDays(-364), DateTime.UtcNow);
        return request => Get(request, $"/stores/{file.Stores[0]}/figures?from={from:yyyy-MM-dd}&to={to:yyyy-MM-dd}");
    }

    public static NextRequest SearchByName(SeededFile file) =>
        request => Get(request, $"/stores/{RandomStore(file)}/orders?q={CustomerNames.LastName(Random.Shared)}");

    public static NextRequest SearchByReference(SeededFile file) =>
        request => Get(request, $"/stores/{RandomStore(file)}/orders?q={Random.Shared.Next():X8}");

    public static NextRequest PickupCheckout(SeededFile file) => request => Checkout(request, file, ships: false);

    public static NextRequest CheckoutOfEitherType(SeededFile file) =>
        request => Checkout(request, file, ships: Random.Shared.Next(2) == 0);

    /// <summary>The next step of an order, naming its version.</summary>
    public static int Step(Span<byte> request, OpenOrder order)
    {
        var step = (order.Ships ? ShippingSteps : PickupSteps)[order.Version - 1];
        var tracking = step == "ship" ? ",\"tracking_code\":\"1Z-999-AA1\"" : "";
        return Post(request, $"/orders/{order.Id}/{step}", $$"""{"version":{{order.Version}}{{tracking}}}""", Owner);
    }

    /// <summary>Opens a store's event stream, after a sequence or from now on.</summary>
    public static byte[] Events(long store, long? after) => Encoding.ASCII.GetBytes(
        $"GET /stores/{store}/orders/events{(after is null ? "" : $"?after={after}")} HTTP/1.1\r\n{Owner}\r\n");

    private static int Checkout(Span<byte> request, SeededFile file, bool ships)
    {
        var store = RandomStore(file);
        var products = file.Products[store];
        var name = CustomerNames.FullName(Random.Shared);
        var shipping = ships
            ? $$$"""
              ,"shipping":{"method":"standard","name":"{{{name}}}",
              "address":{"line1":"Quay Street 5","city":"Hamburg","postal_code":"20457","country":"DE"}}
              """
            : "";
        return Post(request, "/checkout", $$$"""
            {"store_id":{{{store}}},"fulfilment_type":"{{{(ships ? "shipping" : "pickup")}}}",
            "items":[{"product_id":{{{products[0]}}},"quantity":2},{"product_id":{{{products[1]}}},"quantity":1}],
            "customer":{"name":"{{{name}}}","email":"mia@example.com"}{{{shipping}}}}
            """, Anonymous);
    }

    private static int Post(Span<byte> request, string path, string body, string headers)
    {
        Utf8.TryWrite(
            request,
            $"POST {path} HTTP/1.1\r\n{headers}Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}",
            out var length);
        return length;
    }

    private static int Get(Span<byte> request, string path)
    {
        Utf8.TryWrite(request, $"GET {path} HTTP/1.1\r\n{Owner}\r\n", out var length);
        return length;
    }

    private static long RandomStore(SeededFile file) => file.Stores[Random.Shared.Next(file.Stores.Count)];
}
