using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.Catalogue;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Home;

/// <summary>
/// The front page: staff go to their board. Where all shops are one merchant's, customers choose one; where several
/// merchants share the server, none is listed.
/// </summary>
public sealed class HomeModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapMethods("/", Pages.Methods, RazorComponentResult (Database database) => Pages.Show<HomePage>(new
        {
            Shops = database.Read(db => db.Query<CatalogueModule.Store>(ShopsSql).AsList()),
        })).ForPeople();

    private const string ShopsSql = """
        SELECT id, name, currency
          FROM stores
         WHERE active = 1 AND (SELECT COUNT(*) FROM merchants) = 1
         ORDER BY id
         LIMIT 50
        """;
}
