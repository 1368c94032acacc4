using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Dashboard;

/// <summary>One column of the board: what of it is on the screen, and whether there is more.</summary>
internal sealed class BoardColumn(Column column, string id, string title)
{
    public const int PageSize = 30;

    public string Id => id;
    public string Title => title;
    public Column Column => column;
    public IReadOnlyList<OrderStatus> Statuses { get; } = [.. Lifecycle.Stages.Where(stage => stage.Column == column).Select(stage => stage.Status).Distinct()];
    public bool IsDone => column is Column.Done;
    public List<OrderView> Cards { get; set; } = [];
    public int Shown { get; set; } = PageSize;
    public bool HasMore { get; set; }
}

/// <summary>What one screen shows of a store: filled by queries, kept true by what is announced.</summary>
internal sealed class BoardState(Database database, TimeProvider clock)
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
    public string Search { get; set; } = "";

    private bool IsSearching => !string.IsNullOrWhiteSpace(Search);

    /// <summary>Reads everything anew.</summary>
    public void Load(long storeId, Actor actor)
    {
        var found = IsSearching ? database.Read(db => Query(storeId, actor).Found(db, Search.Trim(), 100)) : null;
        foreach (var column in Columns)
        {
            if (found is null)
                Load(column, storeId, actor);
            else
                (column.Cards, column.HasMore) = ([.. found.Where(order => column.Statuses.Contains(order.Status))], false);
        }
    }

    /// <summary>Shows more of one column.</summary>
    public void LoadMore(BoardColumn column, long storeId, Actor actor)
    {
        column.Shown += BoardColumn.PageSize;
        Load(column, storeId, actor);
    }

    /// <summary>Puts an order where it now belongs, and nothing else.</summary>
    public void Place(OrderView order)
    {
        foreach (var column in Columns)
            column.Cards.RemoveAll(card => card.Id == order.Id);
        if (IsSearching || (Type is { } type && type != order.FulfilmentType))
            return;
        var target = Columns[(int)order.Stage().Column];
        var place = target.IsDone ? 0 : target.Cards.TakeWhile(card => card.Id < order.Id).Count();
        if (place == target.Cards.Count && target.HasMore)
            return; // it is further down than what is shown
        target.Cards.Insert(place, order);
    }

    /// <summary>After orders were placed: a column that was worked off shows what waited behind it, and what was done lately does not pile up.</summary>
    public void Settle(long storeId, Actor actor)
    {
        if (IsSearching)
            return;
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
            ? Query(storeId, actor).Done(db, Today(), column.Shown + 1)
            : Query(storeId, actor).Waiting(db, column.Statuses, column.Shown + 1));
        column.HasMore = cards.Count > column.Shown;
        column.Cards = [.. cards.Take(column.Shown)];
    }

    private BoardQuery Query(long storeId, Actor actor) => new(storeId, actor.UserId, Type);

    private DateTimeOffset Today()
    {
        var here = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), clock.LocalTimeZone);
        return new DateTimeOffset(here.Date, here.Offset);
    }
}
