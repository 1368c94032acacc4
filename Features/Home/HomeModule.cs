using Carter;
using Dapper;
using StoreFlow.Features.Catalogue;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Home;

/// <summary>The front door: staff go to their board, everybody else chooses a shop.</summary>
public sealed class HomeModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPage("/", (Database database) => Pages.Show<HomePage>(new
        {
            Shops = database.Read(db => db.Query<CatalogueModule.Store>("SELECT id, name, currency FROM stores ORDER BY id LIMIT 50").AsList()),
        }));
}
