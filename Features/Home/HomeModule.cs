using Carter;
using Dapper;
using StoreFlow.Features.Catalogue;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Home;

/// <summary>The front door: staff go to their board. Customers choose a shop where all are one merchant's; else nobody learns who shares the server.</summary>
public sealed class HomeModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPage("/", (Database database) => Pages.Show<HomePage>(new
        {
            Shops = database.Read(db => db.Query<CatalogueModule.Store>(ShopsSql).AsList()),
        }));

    private const string ShopsSql = """
        SELECT id, name, currency
          FROM stores
         WHERE (SELECT COUNT(*) FROM merchants) = 1
         ORDER BY id
         LIMIT 50
        """;
}
