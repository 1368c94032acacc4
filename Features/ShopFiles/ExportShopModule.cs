using System.Text;
using System.Text.Json;
using Carter;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ShopFiles;

/// <summary>The owner takes the shop along: the file that would make it again.</summary>
public sealed class ExportShopModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/merchant/export", (Actor actor, Database database) => TypedResults.File(
                Encoding.UTF8.GetBytes(database.Read(db => ShopExport.Of(db, actor.MerchantId)).Write()), "application/json", "shop.json"))
            .RequireAuthorization(Policies.ManageMerchant)
            .WithTags("Merchant")
            .Produces<JsonElement>()
            .Describe("ExportShop", "Download the file that would make this shop again, without passwords, PINs and tokens",
                Reason.Unauthenticated, Reason.Forbidden);
}
