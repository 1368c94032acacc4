using System.Data.Common;
using System.Text;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ListOrders;

/// <summary>
/// One page of a store's orders, newest first. Its cost does not grow with the store: each status is a range of
/// <c>idx_orders_store_status</c> that is read from its newest end, and no more than a page of each is looked at.
/// </summary>
internal sealed record OrderQuery
{
    public required long StoreId { get; init; }
    public required long UserId { get; init; }
    public required IReadOnlyList<OrderStatus> Statuses { get; init; }
    public FulfilmentType? Type { get; init; }
    public string? Search { get; init; }

    /// <summary>Whether a search also finds e-mail addresses and phone numbers: for manager and owner.</summary>
    public bool FindsContacts { get; init; }

    /// <summary>Only orders that were promised for before then, and are neither ready nor sent.</summary>
    public DateTimeOffset? DueBefore { get; init; }
    public long Limit { get; init; } = 50;

    /// <summary>Only orders older than this one: the last of the page before.</summary>
    public long After { get; init; } = long.MaxValue;

    /// <summary>The public id in a pasted or scanned tracking link; any other text as it is.</summary>
    public static string WithoutLink(string search)
    {
        const string Path = "/track/";
        var begin = search.LastIndexOf(Path, StringComparison.OrdinalIgnoreCase);
        return begin >= 0 && search[(begin + Path.Length)..].Split('/', '?', '#')[0] is { Length: > 0 } id ? id : search;
    }

    /// <summary>The pickup code behind a scanned link, as the QR code of a customer's page has it; null where there is none.</summary>
    public static string? CodeBehindLink(string search) =>
        search.Trim().Split('#') is [_, var code] && PickupCode.IsOne(code) ? code : null;

    public List<Order> Run(DbConnection db) => db.QueryRows(Sql(db), Parameters(db), Order.Read);

    /// <summary>The SQL for this query.</summary>
    public string Sql(DbConnection db) => Search switch
    {
        null => BoardSql.On(db),
        // The search index holds groups of three letters. Shorter texts are searched among the store's newest orders.
        _ when Letters.Count < 3 => ShortSearchSql.On(db),
        _ when (Email ?? Phone) is not null => ContactSearchSql.On(db),
        _ => SearchSql.On(db),
    };

    /// <summary>Part of an e-mail address to search for; null where the text is none, or not for this reader.</summary>
    private string? Email => FindsContacts && Search?.Contains('@') is true ? Search.Trim() : null;

    /// <summary>Digits of a phone number to search for, without a zero that stands for the country; null as above.</summary>
    private string? Phone => FindsContacts && Search?.Trim() is { } text && text.All(c => char.IsAsciiDigit(c) || "+-/(). ".Contains(c))
        && string.Concat(text.Where(char.IsAsciiDigit)).TrimStart('0') is { Length: >= 4 } digits ? digits : null;

    /// <summary>The values for <see cref="Sql"/>.</summary>
    public object Parameters(DbConnection db)
    {
        var reference = Search is null ? null : PublicId.Normalise(Search);
        return new
        {
            StoreId,
            UserId,
            After,
            Limit,
            // A status of the other kind has no such order. Without it, SQLite does not read through its range.
            Statuses = SqlList.Of(Statuses
                .Where(status => Type is not { } only || Lifecycle.Find(only, status) is not null)
                .Where(status => DueBefore is null || Lifecycle.Due.Contains(status))),
            Type = Type is { } type ? Names.Of(type) : null,
            DueBefore,
            NamePattern = PatternOf(Search),
            EmailPattern = PatternOf(Email),
            Phone,
            Match = Search is null ? null : Dialect.Of(db).Searched(string.Concat(Letters)),
            ReferenceFrom = reference,
            // '[' follows 'Z', so this is the end of everything that starts with the reference.
            ReferenceTo = reference is null ? null : reference + "[",
        };
    }

    /// <summary>What LIKE takes for a text with anything before and behind it.</summary>
    private static string? PatternOf(string? text) =>
        text is null ? null : $"%{text.Replace(@"\", @"\\").Replace("%", @"\%").Replace("_", @"\_")}%";

    private static readonly SqlText BoardSql = new(dialect =>
        PageSql(dialect, "AND c.id < @After AND (@DueBefore IS NULL OR c.promised_at < @DueBefore)", "DESC"));

    /// <summary>
    /// One or two letters, in a name or as the beginning of a reference. No index of names has them, so each page looks at
    /// the next 2,000 orders of each status and no further.
    /// </summary>
    private static readonly SqlText ShortSearchSql = new(dialect => PageOfIds(dialect, """
        SELECT named.id
          FROM (SELECT n.id, n.customer_name, n.public_id, n.fulfilment_type, n.promised_at
                  FROM orders n
                 WHERE n.store_id = @StoreId AND n.status = wanted.value AND n.id < @After
                 ORDER BY n.id DESC
                 LIMIT 2000) named
         WHERE (@Type IS NULL OR named.fulfilment_type = @Type)
           AND (@DueBefore IS NULL OR named.promised_at < @DueBefore)
           AND (lower(named.customer_name) LIKE lower(@NamePattern) ESCAPE '\'
                OR (named.public_id >= @ReferenceFrom AND named.public_id < @ReferenceTo))
        """, "DESC"));

    /// <summary>
    /// A page of a store's orders in some statuses, read from the index at one end of each. Only ids are sorted, not orders.
    /// </summary>
    /// <param name="further">What else an order <c>c</c> has to meet.</param>
    /// <param name="direction">ASC, oldest first, or DESC.</param>
    internal static string PageSql(Dialect dialect, string further, string direction) => PageOfIds(dialect, $"""
        SELECT c.id
          FROM orders c
         WHERE c.store_id = @StoreId AND c.status = wanted.value
           AND (@Type IS NULL OR c.fulfilment_type = @Type)
           {further}
         ORDER BY c.id {direction}
         LIMIT +@Limit
        """, direction);

    /// <summary>The first orders of all that are chosen from each status. The status is <c>wanted.value</c>.</summary>
    private static string PageOfIds(Dialect dialect, string ofStatus, string direction) => $"""
        SELECT {Order.Columns}
          FROM orders o
         WHERE o.id IN (SELECT p.id
                          FROM json_each(@Statuses) wanted
                          {dialect.JoinChosen(ofStatus)}
                         ORDER BY p.id {direction}
                         LIMIT +@Limit)
           AND EXISTS (SELECT 1 FROM reachable_stores r WHERE r.user_id = @UserId AND r.store_id = @StoreId)
         ORDER BY o.id {direction}
        """;

    /// <summary>Also who has this e-mail address or phone number, among the newest 2,000 orders of each status.</summary>
    private static string Contacts(Dialect dialect) => $"""
        UNION
        SELECT p.id
          FROM json_each(@Statuses) wanted
          {dialect.JoinChosen("""
              SELECT asked.id
                FROM (SELECT n.id, n.customer_email, n.customer_phone, n.fulfilment_type, n.promised_at
                        FROM orders n
                       WHERE n.store_id = @StoreId AND n.status = wanted.value AND n.id < @After
                       ORDER BY n.id DESC
                       LIMIT 2000) asked
               WHERE (@Type IS NULL OR asked.fulfilment_type = @Type)
                 AND (@DueBefore IS NULL OR asked.promised_at < @DueBefore)
                 AND (lower(asked.customer_email) LIKE lower(@EmailPattern) ESCAPE '\'
                      OR replace(replace(replace(replace(replace(replace(
                             asked.customer_phone, ' ', ''), '-', ''), '/', ''), '(', ''), ')', ''), '.', '') LIKE '%' || @Phone || '%')
              """)}
        """;

    private static readonly SqlText SearchSql = new(dialect => SearchSqlWith(dialect, contacts: ""));
    private static readonly SqlText ContactSearchSql = new(dialect => SearchSqlWith(dialect, Contacts(dialect)));

    private static string SearchSqlWith(Dialect dialect, string contacts) => $"""
        WITH named AS (
            SELECT o.id
              FROM {dialect.NamedOrders} AND {dialect.NamedId} < @After
               -- A search of what is still to be done ends at the oldest of it, not at the store's first order.
               AND {dialect.NamedId} >= (SELECT MIN((SELECT c.id
                                             FROM orders c
                                            WHERE c.store_id = @StoreId AND c.status = wanted.value
                                            ORDER BY c.id
                                            LIMIT 1))
                                 FROM json_each(@Statuses) wanted)
               AND +o.store_id = @StoreId AND {dialect.HasStatus}
               AND (@Type IS NULL OR o.fulfilment_type = @Type)
               AND (@DueBefore IS NULL OR o.promised_at < @DueBefore)
             ORDER BY {dialect.NamedId} DESC
             LIMIT +@Limit
        ), referenced AS (
            SELECT o.id
              FROM orders o
             WHERE o.public_id >= @ReferenceFrom AND o.public_id < @ReferenceTo AND +o.id < @After
               -- The plus signs keep the planner on the public id's index: the store's would be walked whole.
               AND +o.store_id = @StoreId AND {dialect.HasStatus}
               AND (@Type IS NULL OR o.fulfilment_type = @Type)
               AND (@DueBefore IS NULL OR o.promised_at < @DueBefore)
        )
        SELECT {Order.Columns}
          FROM orders o
         WHERE o.id IN (SELECT id FROM named UNION SELECT id FROM referenced {contacts})
           AND EXISTS (SELECT 1 FROM reachable_stores r WHERE r.user_id = @UserId AND r.store_id = @StoreId)
         ORDER BY o.id DESC
         LIMIT +@Limit
        """;

    /// <summary>
    /// What was typed, without control characters and without accents that are characters of their own: the index has
    /// neither.
    /// </summary>
    private List<Rune> Letters =>
        [.. (Search ?? "").EnumerateRunes().Where(letter => letter.Value is < 0x300 or > 0x36F && !Rune.IsControl(letter))];
}
