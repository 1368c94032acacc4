using System.Data.Common;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Privacy;

/// <summary>
/// Removes what an erased order leaves behind in the file: the search index only notes that a name was taken out, until its segments are
/// merged, and the write-ahead log has the pages as they were before. Goes on where it was, after a stop in between.
/// </summary>
internal static class ErasingLeftovers
{
    private const int Pages = 200; // to a write, which a step may have to wait for: up to 125 ms, measured

    // Where an erased name may still be: column stage of erasing_leftovers.
    private const int InIndex = 0;
    private const int Merging = 1;
    private const int InLog = 2;

    public static async Task RemoveAsync(Database database, CancellationToken cancellationToken)
    {
        if (database.Read(db => Has(db, InIndex) || Has(db, Merging)))
        {
            await database.WriteAsync(db => Move(db, InIndex, Merging));
            // A negative number begins a merge of all segments into one, others go on with it. One that changes nothing ends it.
            var more = await MergeAsync(database, -Pages);
            while (more && !cancellationToken.IsCancellationRequested)
                more = await MergeAsync(database, Pages);
            if (more)
                return;
            await database.WriteAsync(db => Move(db, Merging, InLog));
        }
        if (database.Read(db => Has(db, InLog)) && database.TryEmptyLog())
            await database.WriteAsync(db => db.Execute("DELETE FROM erasing_leftovers WHERE stage = @InLog", new { InLog }));
    }

    private static bool Has(DbConnection db, int stage) =>
        db.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM erasing_leftovers WHERE stage = @stage)", new { stage });

    private static int Move(DbConnection db, int from, int to) =>
        db.Execute("UPDATE erasing_leftovers SET stage = @to WHERE stage = @from", new { from, to });

    /// <returns>Whether anything was left to merge: then more rows change than the command's own.</returns>
    private static Task<bool> MergeAsync(Database database, int pages) => database.WriteAsync(db =>
    {
        var before = db.ExecuteScalar<long>("SELECT total_changes()");
        db.Execute("INSERT INTO order_search (order_search, rank) VALUES ('merge', @pages)", new { pages });
        return db.ExecuteScalar<long>("SELECT total_changes()") - before >= 2;
    });
}
