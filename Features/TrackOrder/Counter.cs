using System.Data.Common;
using Dapper;
using StoreFlow.Features.Languages;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.TrackOrder;

/// <summary>Where a customer collects an order, until when, and whom to call.</summary>
/// <param name="Address">In one line or several; null where the store has said none.</param>
/// <param name="Phone">Null where the store has said none.</param>
/// <param name="OpenUntil">When it closes; null where it is closed, or always open.</param>
/// <param name="OpensAt">When it opens; null where it is open, or does not open within two months.</param>
/// <param name="Zone">The store's: all times are told in it.</param>
public sealed record Counter(string? Address, string? Phone, DateTimeOffset? OpenUntil, DateTimeOffset? OpensAt, TimeZoneInfo Zone)
{
    /// <summary>A map of the address.</summary>
    public string? MapLink => Address is null
        ? null
        : $"https://www.openstreetmap.org/search?query={Uri.EscapeDataString(Address.ReplaceLineEndings(", "))}";

    public string? PhoneLink => Phone is null ? null : $"tel:{string.Concat(Phone.Where(c => char.IsAsciiDigit(c) || c is '+'))}";

    /// <summary>The counter of the order's store.</summary>
    public static Counter Of(DbConnection db, CustomerView order, TimeProvider clock)
    {
        var row = db.QuerySingle<Row>(Sql, new { order.PublicId });
        var (now, schedule) = (clock.GetUtcNow(), StoreSchedule.Of(db, row.Id, clock.LocalTimeZone));
        var hours = schedule.Hours;
        var isOpen = hours.IsOpenAt(now);
        return new(
            row.Address, row.Phone, isOpen ? hours.OpenUntil(now) : null, isOpen ? null : hours.FirstOpenFrom(now), schedule.Zone);
    }

    /// <summary>Whether somebody works in the order's store.</summary>
    public static bool WorksThere(DbConnection db, CustomerView order, Actor actor) =>
        Rights.WorksIn(db, actor, db.QuerySingle<Row>(Sql, new { order.PublicId }).Id);

    /// <summary>The languages of the order's store.</summary>
    public static IReadOnlyList<Language> LanguagesOf(DbConnection db, CustomerView order) =>
        LanguageChoice.Read(db.QuerySingle<Row>(Sql, new { order.PublicId }).Languages);

    /// <summary>The language in which the order was placed.</summary>
    public static Language LanguageOf(DbConnection db, CustomerView order) =>
        OrderLanguage.Of(db, db.QuerySingle<Row>(Sql, new { order.PublicId }).OrderId);

    private const string Sql = """
        SELECT s.id, s.address, s.phone, s.languages, o.id AS order_id
          FROM orders o
          JOIN stores s ON s.id = o.store_id
         WHERE o.public_id = @PublicId
        """;

    private sealed record Row
    {
        public long Id { get; init; }
        public string? Address { get; init; }
        public string? Phone { get; init; }
        public string? Languages { get; init; }
        public long OrderId { get; init; }
    }
}
