using StoreFlow.Features.Languages;
using StoreFlow.Features.ListOrders;
using StoreFlow.Features.Orders;
using StoreFlow.Features.ToMake;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Dashboard;

/// <summary>One column of the board: its orders on the screen, and whether there are more.</summary>
public sealed class BoardColumn(Column column, string id, string title)
{
    public const int PageSize = 30;

    public string Id => id;
    public string Title(StaffTexts texts) => texts[$"column|{title}"];
    public Column Column => column;
    public IReadOnlyList<OrderStatus> Statuses { get; } = Lifecycle.In(column);
    public bool IsDone => column is Column.Done;
    public List<OrderView> Cards { get; set; } = [];
    public int Shown { get; set; } = PageSize;
    public bool HasMore { get; set; }

    /// <summary>How many orders are in it, shown or not.</summary>
    public int Count { get; set; }

    /// <summary>How many of them are late.</summary>
    public int Late { get; set; }
}

/// <summary>What one screen shows of a store: read by queries, then kept up to date by announcements.</summary>
public sealed class BoardState(Database database, TimeProvider clock, StaffTexts texts)
{
    public IReadOnlyList<BoardColumn> Columns { get; } =
    [
        new(Column.New, "new", "New"),
        new(Column.Accepted, "accepted", "Accepted"),
        new(Column.Working, "working", "Preparing / Packing"),
        new(Column.Waiting, "ready", "Ready / Shipped"),
        new(Column.Done, "done", "Done today"),
    ];

    public FulfilmentType? Type { get; set; }

    /// <summary>Only what is late is shown.</summary>
    public bool LateOnly { get; set; }

    /// <summary>How many orders are late, over all columns.</summary>
    public int Late => Columns.Sum(column => column.Late);

    /// <summary>Part of a reference or a name, or a tracking link; cut to the length that the API takes.</summary>
    public string Search
    {
        get;
        set => field = value.Length > LongestSearch ? value[..LongestSearch] : value;
    } = "";

    public const int LongestSearch = 100;

    /// <summary>Whether the store is busy or paused.</summary>
    internal StoreState Service { get; private set; } = StoreState.Usual(texts);

    /// <summary>The store's: all times on the board are told in it.</summary>
    public TimeZoneInfo Zone { get; private set; } = clock.LocalTimeZone;

    /// <summary>What was sold today; null where it is not the reader's to know.</summary>
    internal Takings? Today { get; private set; }

    /// <summary>Whether what is to be made is shown.</summary>
    public bool CountsToMake { get; set; }

    /// <summary>What is to be made, where it is shown.</summary>
    public IReadOnlyList<ToMakeModule.Product> ToMake { get; private set; } = [];

    /// <summary>How the store hands over.</summary>
    public CounterRules Rules { get; private set; } = new();

    private DateTimeOffset _today;
    private TimeSpan _preparation;

    private bool IsSearching => !string.IsNullOrWhiteSpace(Search);

    /// <summary>Reads everything again.</summary>
    public void Load(long storeId, Actor actor)
    {
        Rules = database.Read(db => CounterRules.Of(db, storeId));
        TurnService(storeId, actor);
        _today = DayStart();
        var found = IsSearching ? database.Read(db => Query(storeId, actor).Found(db, OrderQuery.WithoutLink(Search.Trim()), 100)) : null;
        foreach (var column in Columns)
        {
            if (found is null)
                Load(column, storeId, actor);
            else
                (column.Cards, column.HasMore) = ([.. found.Where(order => column.Statuses.Contains(order.Status))], false);
        }
        Count(storeId, actor);
    }

    /// <summary>Counts what is late by now, and shows it where only that is shown. False where nothing has become late.</summary>
    public bool TurnLate(long storeId, Actor actor)
    {
        var before = Late;
        Count(storeId, actor);
        if (Late == before)
            return false;
        if (LateOnly && !IsSearching)
            Load(storeId, actor);
        return true;
    }

    /// <summary>
    /// Whether an accepted order waits until later: its customer wished a time, and it is due later than its preparation takes.
    /// </summary>
    public bool IsForLater(OrderView order) => order.Stage().Column is Column.Accepted
        && order.PickupAt is { } wish && (order.PromisedAt ?? wish) - _preparation > clock.GetUtcNow();

    /// <summary>The one order of either type that a text finds; null where it finds none, or several.</summary>
    public OrderView? FindOnly(string text, long storeId, Actor actor) => !string.IsNullOrWhiteSpace(text)
        && database.Read(db => (Query(storeId, actor) with { Type = null }).Found(db, OrderQuery.WithoutLink(text.Trim()), 2)) is [var hit]
            ? hit
            : null;

    /// <summary>Shows more of one column.</summary>
    public void LoadMore(BoardColumn column, long storeId, Actor actor)
    {
        column.Shown += BoardColumn.PageSize;
        Load(column, storeId, actor);
    }

    /// <summary>Shows these orders as they are now, in the columns where they belong now.</summary>
    public void Update(IReadOnlyList<OrderView> orders, long storeId, Actor actor)
    {
        if (IsSearching || LateOnly)
        {
            Load(storeId, actor);
            return;
        }
        foreach (var order in orders)
            Place(order);
        Settle(storeId, actor);
        Count(storeId, actor);
    }

    /// <summary>Counts the columns anew, and what is to be made where that is shown.</summary>
    public void Count(long storeId, Actor actor)
    {
        var (query, now) = (Query(storeId, actor), clock.GetUtcNow());
        var counts = database.Read(db => query.Counts(db, now));
        ToMake = CountsToMake ? ToMakeModule.Find(database, storeId, actor)?.Products ?? [] : [];
        foreach (var column in Columns)
        {
            var own = counts.Where(count => column.Statuses.Contains(count.Status)).ToList();
            column.Late = own.Sum(count => count.Late);
            column.Count = IsSearching || (column.IsDone && !column.HasMore) ? column.Cards.Count
                : column.IsDone ? database.Read(db => query.DoneCount(db, _today))
                : LateOnly ? column.Late
                : own.Sum(count => count.Orders);
        }
    }

    /// <summary>Reads how the store's service stands, and today's takings. False where nothing has changed.</summary>
    public bool TurnService(long storeId, Actor actor)
    {
        var (service, takings) = database.Read(db =>
        {
            var schedule = StoreSchedule.Of(db, storeId, clock.LocalTimeZone);
            (Zone, _preparation) = (schedule.Zone, schedule.PreparationAt(clock.GetUtcNow()));
            return (StoreState.Of(texts, schedule, clock.GetUtcNow()),
                actor.Role is Role.Staff ? null : Takings.Of(texts.Language, db, storeId, DayStart()));
        });
        if ((Service, Today) == (service, takings))
            return false;
        (Service, Today) = (service, takings);
        return true;
    }

    /// <summary>After midnight, removes what was done yesterday. False where it is still the same day.</summary>
    public bool TurnDay(long storeId, Actor actor)
    {
        if (DayStart() == _today)
            return false;
        Load(storeId, actor);
        return true;
    }

    private void Place(OrderView order)
    {
        foreach (var column in Columns)
            column.Cards.RemoveAll(card => card.Id == order.Id);
        if (Type is { } type && type != order.FulfilmentType)
            return;
        var target = Columns[(int)order.Stage().Column];
        var place = target.IsDone ? 0 : target.Cards.TakeWhile(card => PlaceOf(card).CompareTo(PlaceOf(order)) < 0).Count();
        if (place == target.Cards.Count && target.HasMore)
            return; // it is further down than what is shown
        target.Cards.Insert(place, order);

        static (DateTimeOffset?, long) PlaceOf(OrderView card) =>
            (card.Stage().IsDue ? card.PromisedAt ?? card.CreatedAt : null, card.Id);
    }

    // An emptied column shows the orders that waited behind it, and the done column does not grow without end.
    private void Settle(long storeId, Actor actor)
    {
        foreach (var column in Columns)
        {
            if (column.HasMore && column.Cards.Count < column.Shown)
                Load(column, storeId, actor);
            else if (column.IsDone && column.Cards.Count > column.Shown)
                (column.Cards, column.HasMore) = ([.. column.Cards.Take(column.Shown)], true);
        }
    }

    private void Load(BoardColumn column, long storeId, Actor actor)
    {
        // One more than is shown tells whether there is more.
        var cards = database.Read(db => column.IsDone
            ? LateOnly ? [] : Query(storeId, actor).Done(db, _today, column.Shown + 1)
            : Query(storeId, actor).Waiting(
                db, [.. column.Statuses.Where(status => !LateOnly || Lifecycle.Due.Contains(status))], column.Shown + 1));
        column.HasMore = cards.Count > column.Shown;
        column.Cards = [.. cards.Take(column.Shown)];
    }

    private BoardQuery Query(long storeId, Actor actor) => new(storeId, actor, Type, LateOnly ? clock.GetUtcNow() : null);

    /// <summary>When the day of the store began.</summary>
    private DateTimeOffset DayStart() =>
        OpeningHours.InZone(Zone, DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), Zone).DateTime), 0);
}
