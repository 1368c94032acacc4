namespace StoreFlow.Tests.Features.ShopFiles;

/// <summary>A shop file that is good as it stands, and ways to spoil it. One value a line, so that a line says which.</summary>
internal static class ShopFileTexts
{
    public const string Good = """
        {
          "merchant": { "code": "bike-shop", "name": "Bike Shop" },
          "stores": [
            {
              "code": "main",
              "name": "Bike Shop Main",
              "currency": "USD",
              "products": [
                { "sku": "BELL", "name": "Bell", "price": 1200 },
                { "sku": "TUBE", "name": "Tube", "price": 800 }
              ],
              "shipping_methods": [
                { "code": "parcel", "name": "Parcel", "price": 590, "tracking_url_template": "https://p.example/{code}" }
              ]
            }
          ],
          "users": [
            { "email": "boss@bike.example", "name": "Bo", "role": "owner" },
            { "email": "kim@bike.example", "name": "Kim", "role": "staff", "stores": ["main"] }
          ]
        }
        """;

    /// <summary>The good file with one piece of it changed.</summary>
    public static string With(string good, string other)
    {
        Assert.Contains(good, Good, StringComparison.Ordinal);
        return Good.Replace(good, other, StringComparison.Ordinal);
    }
}
