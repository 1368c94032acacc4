using System.Security.Cryptography;

namespace StoreFlow.Features.Orders;

/// <summary>The four random digits that a customer shows at the counter.</summary>
public static class PickupCode
{
    public static string New() => RandomNumberGenerator.GetInt32(10_000).ToString("D4");

    /// <summary>Whether this could be one: four digits.</summary>
    public static bool IsOne(string text) => text.Length == 4 && text.All(char.IsAsciiDigit);
}
