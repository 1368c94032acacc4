using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ApiReference;

/// <summary>The API's own description: <c>/openapi/v1.json</c>, and the page <c>/docs</c>, which asks no other host.</summary>
internal static class ApiReference
{
    public const string Bearer = "bearer";
    public const string Session = "session";
    public const string Printer = "printer";

    private const string About = """
        StoreFlow moves an order from checkout to the customer's hands, for pickup and for shipping.

        **Calling it.** Bodies and answers are JSON in `snake_case`. Money is in minor units (cents) of the `currency` beside
        it; instants are UTC, as `2026-11-23T09:15:30.123Z`. Staff send `Authorization: Bearer <token>`; storefronts and
        customers need no token: the `public_id` is the customer's key to one order. In development the tokens are
        `demo-owner`, `demo-manager`, `demo-staff` and, for a second merchant, `demo-rival`.

        **Steps.** An order goes `pending` → `accepted` → `in_progress` → `ready` → `completed` for pickup and
        `pending` → `accepted` → `packing` → `shipped` → `delivered` for shipping; `packing` may be left out.
        `allowed_transitions` says what comes next. Send the `version` that you saw, and a step is refused as `order_stale`
        when somebody was faster.

        **Refusals** are RFC 9457 problem details with a stable `code`. Both 409s carry `current`, the order as it is now. A
        refusal changes nothing.

        **Live.** Watch a store or one order as Server-Sent Events (below), or over SignalR at `/hubs/orders`:
        `SubscribeStore(store_id, after?)` for staff and `SubscribeCustomer(public_id)` for customers send `OrderCreated`,
        `OrderStatusUpdated`, `ShippingUpdated` and `PromiseUpdated`.

        Sections named in a description are those of the specification of the fulfilment workflow.
        """;

    private static readonly Dictionary<string, string> Tags = new()
    {
        ["Customers"] = "For storefronts and customers; no token needed.",
        ["Orders"] = "What staff read. An order of another store, or of another merchant, is answered like one that does not exist.",
        ["Steps"] = "What staff do. Each step is one transaction: the order, its audit row and its events, or nothing.",
        ["Stores"] = "What a store takes on right now, and what it sold.",
        ["Merchant"] =
            "What a manager (products, prices, methods, hours, PINs of their stores) and the owner (everything) change. It is logged.",
        ["Webhooks"] = "For programs of the merchant: each event to an address of yours, signed as Standard Webhooks says.",
        ["Printing"] = "Receipt printers, and what they themselves ask: Star's CloudPRNT protocol.",
        ["Emails"] = "Which e-mails a store sends to customers and to the shop, and what became of each.",
        ["Account"] = "One's own password and PIN.",
        ["Live"] = "Events as they happen, resumed from the last one that was seen.",
        ["Health"] = "For whatever watches the server.",
    };

    public static void AddApiReference(this WebApplicationBuilder builder) => builder.Services.AddOpenApi(options =>
    {
        options.CreateSchemaReferenceId = ApiSchemas.NameOf;
        options.AddSchemaTransformer(ApiSchemas.DescribeAsync);
        options.AddOperationTransformer(ApiOperations.DescribeAsync);
        options.AddDocumentTransformer(DescribeAsync);
        options.AddDocumentTransformer((document, _, _) => ApiSchemas.SayWhatIsAlwaysThereAsync(document));
    });

    public static void MapApiReference(this WebApplication app)
    {
        app.MapOpenApi();
        app.MapScalarApiReference("/docs", options => options
            .WithTitle("StoreFlow API")
            .AddPreferredSecuritySchemes(Bearer)
            .DisableDefaultFonts()
            .DisableTelemetry()
            .DisableAgent()
            .DisableMcp()
            .HideDeveloperTools()
            .HideClientButton());
    }

    private static Task DescribeAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new()
        {
            Title = "StoreFlow API",
            Version = "1.0",
            Description = About,
            Contact = new() { Name = "The shop that runs this server" },
            License = new() { Name = "MIT", Identifier = "MIT" },
        };
        document.Servers = [new() { Url = "/", Description = "The server that this document comes from" }];
        document.Tags = Tags.Select(tag => new OpenApiTag { Name = tag.Key, Description = tag.Value }).ToHashSet();
        document.AddComponent<IOpenApiSecurityScheme>(Bearer, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "An API token of a member of staff, as `token create` hands it out.",
        });
        document.AddComponent<IOpenApiSecurityScheme>(Printer, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "basic",
            Description = "The user name and password of a receipt printer, as the page Printers shows them once.",
        });
        document.AddComponent<IOpenApiSecurityScheme>(Session, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Cookie,
            Name = SessionCookie.NameOf(context.ApplicationServices.GetRequiredService<Settings>()),
            Description = "The session of a person who signed in on the pages, for these pages themselves: a change is taken from this "
                + "server's own origin only. Over HTTPS by the setting `StoreFlow:Https` it is called `__Host-storeflow`.",
        });
        return Task.CompletedTask;
    }
}
