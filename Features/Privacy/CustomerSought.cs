using System.Data.Common;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Privacy;

/// <summary>Whose orders are looked for. Where several are given, orders that fit one of them are found.</summary>
/// <param name="Email">Their e-mail address, whole.</param>
/// <param name="Phone">Their phone number: seven digits or more, with or without the country's.</param>
/// <param name="Reference">The reference or public id of one order.</param>
public sealed record CustomerSought(string? Email = null, string? Phone = null, string? Reference = null)
{
    private const int FewestDigits = 7;
    private const int MostOrders = 1000;

    /// <summary>What is wrong with it; null where it can be looked for.</summary>
    internal Refusal? Fault()
    {
        var fields = new Fields();
        if (string.IsNullOrWhiteSpace(Email) && string.IsNullOrWhiteSpace(Phone) && string.IsNullOrWhiteSpace(Reference))
            fields.Refuse("email", "An e-mail address, a phone number or a reference is needed.");
        if (!string.IsNullOrWhiteSpace(Email))
            fields.Email("email", Email);
        if (!string.IsNullOrWhiteSpace(Phone) && Digits.Length is < FewestDigits or > 20)
            fields.Refuse("phone", $"This needs at least {FewestDigits} digits of the number.");
        if (!string.IsNullOrWhiteSpace(Reference) && PublicId.Normalise(Reference) is not { Length: >= 8 })
            fields.Refuse("reference", "This is not an order's reference, as in ABCD-1234.");
        return fields.Refusal;
    }

    /// <summary>The orders of a merchant, in all of its stores, newest first.</summary>
    internal List<Order> Orders(DbConnection db, long merchantId)
    {
        var reference = string.IsNullOrWhiteSpace(Reference) ? null : PublicId.Normalise(Reference);
        return db.QueryRows(Sql, new
        {
            merchantId,
            Email = string.IsNullOrWhiteSpace(Email) ? null : Email.Trim(),
            Digits = string.IsNullOrWhiteSpace(Phone) ? null : Digits,
            FewestDigits,
            ReferenceFrom = reference,
            ReferenceTo = reference is null ? null : reference + "[", // '[' follows 'Z'
            MostOrders,
        }, Order.Read);
    }

    /// <summary>Without the zeros of the long form of a country's code or of an area's.</summary>
    private string Digits => string.Concat((Phone ?? "").Where(char.IsAsciiDigit)).TrimStart('0');

    // No index has e-mail addresses and phone numbers: this reads all orders of the merchant, a second for a million.
    // A number is the same with and without the country's code, so one may be the end of the other.
    private const string Sql = $"""
        SELECT {Order.Columns}
          FROM (SELECT o.*,
                       ltrim(replace(replace(replace(replace(replace(replace(replace(
                           o.customer_phone, ' ', ''), '-', ''), '/', ''), '(', ''), ')', ''), '.', ''), '+', ''), '0') AS digits
                  FROM orders o
                 WHERE o.merchant_id = @merchantId) found
         WHERE customer_email = @Email COLLATE NOCASE
            OR (@Digits IS NOT NULL AND length(digits) >= @FewestDigits
                AND (digits LIKE '%' || @Digits OR @Digits LIKE '%' || digits))
            OR (public_id >= @ReferenceFrom AND public_id < @ReferenceTo)
         ORDER BY id DESC
         LIMIT +@MostOrders
        """;
}
