using System.Data.Common;
using Dapper;

namespace StoreFlow.Features.Dashboard;

/// <summary>A store as the sender on a packing slip.</summary>
internal sealed record StoreSender
{
    public required string Name { get; init; }
    public string? Address { get; init; }
    public string? Phone { get; init; }

    public static StoreSender Of(DbConnection db, long storeId) =>
        db.QuerySingle<StoreSender>("SELECT name, address, phone FROM stores WHERE id = @storeId", new { storeId });
}
