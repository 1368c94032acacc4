namespace StoreFlow.Tests.Faults.Access;

/// <summary>Something that a route may be asked for, and the store where it is. Null where there is none of that name.</summary>
internal sealed record Thing(string Name, string Path, long? Store)
{
    /// <summary>The things to ask a route for, by the names in its path. A new name in a path fails.</summary>
    public static IReadOnlyList<Thing> Of(string route, IReadOnlyDictionary<long, (long Id, string PublicId)> orders)
    {
        var (path, unknown) = (route[route.IndexOf('/')..], (Id: 999999L, PublicId: "00000000000000000000000000"));
        var places = orders
            .Select(order => (Name: $"store {order.Key}", Store: (long?)order.Key, Number: order.Key, order.Value.Id,
                order.Value.PublicId))
            .Append(("unknown", null, 999L, unknown.Id, unknown.PublicId));
        if (!path.Contains('{'))
            return [new("-", path, null)];
        if (path == "/openapi/{documentName}.json")
            return [new("v1", "/openapi/v1.json", null), new("unknown", "/openapi/v9.json", null)];
        string[] notOfAStore =
            ["/merchant/users/", "/merchant/tokens/", "/webhooks/", "/merchant/printers/", "/cloudprnt/", "/setup/", "/link/"];
        if (notOfAStore.Any(path.StartsWith) || path.Contains("{delivery_id}", StringComparison.Ordinal))
            return
            [
                new("unknown", path.Replace("{id}", "999999").Replace("{delivery_id}", "999999").Replace("{printer}", "999999")
                    .Replace("{code}", "no-such-code").Replace("{secret}", "no-such-secret"), null),
            ];
        return
        [
            .. from place in places
               let asked = path
                   .Replace("{StoreId:long}", $"{place.Number}").Replace("{Id:long}", $"{place.Id}")
                   .Replace("{public_id}", place.PublicId).Replace("/orders/{id}", $"/orders/{place.Id}")
                   .Replace("{product_id}", place.Store is null ? "999999" : $"{(place.Number == 1 ? 1 : place.Number == 2 ? 6 : 9)}")
                   .Replace("{code}", "standard")
                   .Replace("/stores/{id}", $"/stores/{place.Number}").Replace("/shop/{id}", $"/shop/{place.Number}")
               select asked.Contains('{')
                   ? throw new InvalidOperationException($"Say what {route} is to be asked for.")
                   : new Thing(place.Name, asked, place.Store),
        ];
    }
}
