using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using StoreFlow.Features.Deliveries;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ApiReference;

/// <summary>Adds to the API's description what a route's types do not say: who may call it, headers, and examples.</summary>
internal static class ApiOperations
{
    private static readonly Dictionary<string, string> Parameters = new()
    {
        ["/stores id"] = "The store's number.",
        ["/merchant id"] = "The number of the store, user, token or printer.",
        ["/merchant product_id"] = "The product's number.",
        ["/merchant code"] = "The shipping method's code.",
        ["/merchant limit"] = "How many entries at most: 1 to 200, 50 where it is left out.",
        ["/merchant after"] = "The `next` of the page before, for older entries.",
        ["/merchant delivery_id"] = "The e-mail's number.",
        ["/merchant status"] = "Only e-mails of which this has become.",
        ["/merchant before"] = "The `next` of the page before, for older e-mails.",
        ["/webhooks id"] = "The web hook's number.",
        ["/webhooks delivery_id"] = "The delivery's number.",
        ["/webhooks status"] = "Only deliveries of which this has become.",
        ["/webhooks limit"] = "How many deliveries at most: 1 to 200, 50 where it is left out.",
        ["/webhooks before"] = "The `next` of the page before, for older deliveries.",
        ["/cloudprnt printer"] = "The printer's number.",
        ["/cloudprnt type"] = "As what the printer wants the ticket: `text/plain`.",
        ["/cloudprnt token"] = "The `jobToken` of the ticket; older printers send none and mean the one that was offered.",
        ["/cloudprnt code"] = "What came of it: `OK` or a number from 200 to 299 where it was printed, any other where it was not.",
        ["/orders id"] = "The order's number, as the list of orders gives it.",
        ["/customer public_id"] = "The order's public id, 26 letters and digits, as checkout answered it; dashes and lower case are fine.",
        [IdempotencyKey.Header] =
            "Your own name for this order or step, for instance a UUID. " +
            "Sent again within 72 hours with the same body, it gets the same answer and has no second effect.",
        ["/stores Last-Event-ID"] = "The last `id` that was seen, as browsers send it when they come back; it wins over `after`.",
        ["/customer Last-Event-ID"] = "The last `id` that was seen, as browsers send it when they come back.",
    };

    private static readonly Dictionary<string, string[]> Choices = new()
    {
        ["status"] = ["active", .. Enum.GetValues<OrderStatus>().Select(Names.Of)],
        ["fulfilment_type"] = [.. Enum.GetValues<FulfilmentType>().Select(Names.Of)],
        ["/merchant status"] = [.. Enum.GetValues<DeliveryStatus>().Select(Names.Of)],
        ["/webhooks status"] = [.. Enum.GetValues<DeliveryStatus>().Select(Names.Of)],
    };

    /// <summary>Endpoints take these as text, so that they can refuse a wrong one by its name.</summary>
    private static readonly HashSet<string> WholeNumbers = ["limit", "after", "before", "Last-Event-ID"];

    private static readonly Dictionary<string, string> AnswerHeaders = new()
    {
        ["Checkout 201 Location"] = "The page where the customer follows the order.",
        ["GetOrder 200 ETag"] =
            "The order's version, in quotes. Sent back as `If-None-Match`, an unchanged order is answered by 304 alone.",
        ["GetCatalogue 200 ETag"] = "The state of the catalogue. Sent back as `If-None-Match`, an unchanged one is answered by 304 alone.",
        ["401 WWW-Authenticate"] = "`Bearer`; `Basic` where a printer asks.",
        ["429 Retry-After"] = "Seconds to wait.",
        ["503 Retry-After"] = "Seconds to wait.",
    };

    public static async Task DescribeAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var area = "/" + context.Description.RelativePath!.Split('/')[0];

        operation.Security = metadata.OfType<IAllowAnonymous>().Any()
            ? []
            : IsForPrinters(metadata) ? [Need(ApiReference.Printer)]
            : [Need(ApiReference.Bearer), Need(ApiReference.Session)];
        operation.Description = string.Join("\n\n", new[] { operation.Description, WhoMayCall(metadata) }.OfType<string>());

        if (metadata.OfType<TakesIdempotencyKey>().Any())
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = IdempotencyKey.Header,
                In = ParameterLocation.Header,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
        }
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
        {
            parameter.Description ??= Of(Parameters, area, parameter.Name!);
            if (WholeNumbers.Contains(parameter.Name!))
                parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64" };
            if (Of(Choices, area, parameter.Name!) is { } choices)
            {
                var schema = (OpenApiSchema)(parameter.Schema!.Items ?? parameter.Schema);
                schema.Enum = [.. choices.Select(choice => JsonValue.Create(choice))];
            }
        }

        foreach (var content in operation.RequestBody?.Content?.Values ?? [])
        {
            // A body that may be left out is not the same as one that may be null.
            content.Schema = content.Schema?.OneOf?.OfType<OpenApiSchemaReference>().Single() ?? content.Schema;
            content.Example = ApiExamples.OfBody(Name(content.Schema) ?? operation.OperationId!);
        }

        var refusals = metadata.OfType<DeclaredRefusals>()
            .SelectMany(declared => declared.Reasons)
            .ToLookup(reason => $"{reason.Http().Status}");
        foreach (var (status, response) in (operation.Responses ?? []).Select(pair => (pair.Key, (OpenApiResponse)pair.Value)))
        {
            foreach (var content in response.Content?.Values ?? [])
                if (refusals.Contains(status))
                    content.Examples = refusals[status].ToDictionary(Names.Of, Example);
                else
                    content.Example = ApiExamples.OfAnswer(operation.OperationId!, Name(content.Schema));
            if (refusals.Contains(status))
                response.Description = string.Join("; ", refusals[status].Select(reason => reason.Http().Title)) + ".";
            response.Headers = Headers(operation.OperationId!, status);
        }

        if (metadata.OfType<StreamedEvents>().SingleOrDefault() is { } streamed)
            await DescribeStreamAsync((OpenApiResponse)operation.Responses!["200"], streamed, context, cancellationToken);

        OpenApiSecurityRequirement Need(string scheme) => new() { [new OpenApiSecuritySchemeReference(scheme, context.Document)] = [] };
    }

    private static bool IsForPrinters(IList<object> metadata) =>
        metadata.OfType<IAuthorizeData>().Any(data => data.AuthenticationSchemes is not null);

    private static string WhoMayCall(IList<object> metadata)
    {
        var policies = metadata.OfType<IAuthorizeData>().Select(data => data.Policy).ToList();
        return metadata.OfType<IAllowAnonymous>().Any() ? "For anyone; no token is needed."
            : IsForPrinters(metadata) ? "For the printer itself."
            : policies.Contains(Policies.Owner) || policies.Contains(Policies.ManageMerchant) ? "For the owner."
            : policies.Contains(Policies.Manager) || policies.Contains(Policies.ManageStore) ? "For a manager or the owner."
            : "For any member of staff.";
    }

    /// <summary>
    /// OpenAPI 3.1 has no word for a stream of events, so its schema is that of one event, and the description says how it is written.
    /// </summary>
    private static async Task DescribeStreamAsync(
        OpenApiResponse response, StreamedEvents streamed, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var events = new List<IOpenApiSchema>();
        foreach (var (name, payload) in streamed.Payloads)
        {
            if (context.Document!.Components?.Schemas?.ContainsKey(payload.Name) is not true)
                context.Document.AddComponent<IOpenApiSchema>(
                    payload.Name, await context.GetOrCreateSchemaAsync(payload, cancellationToken: cancellationToken));
            events.Add(new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Properties = new Dictionary<string, IOpenApiSchema>
                {
                    ["id"] = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Integer,
                        Format = "int64",
                        Description = "The position to resume from, as `Last-Event-ID`.",
                    },
                    ["event"] = new OpenApiSchema { Type = JsonSchemaType.String, Const = name },
                    ["data"] = new OpenApiSchemaReference(payload.Name, context.Document),
                },
                Required = streamed.HasAlwaysId ? new HashSet<string> { "id", "event", "data" } : new HashSet<string> { "event", "data" },
            });
        }
        if (context.Document!.Components?.Schemas?.ContainsKey(streamed.Name) is not true)
            context.Document.AddComponent<IOpenApiSchema>(streamed.Name, new OpenApiSchema
            {
                Description = "One event of a stream.",
                OneOf = events,
            });
        response.Description = "A stream of such events. Each is written as the lines `id: ...`, `event: ...` and `data: ...`, with the "
            + "JSON of `data` in one line, and a blank line after them.";
        response.Content!["text/event-stream"].Schema = new OpenApiSchemaReference(streamed.Name, context.Document);
    }

    private static IOpenApiExample Example(Reason reason) =>
        new OpenApiExample { Summary = reason.Http().Title, Value = ApiExamples.OfRefusal(reason) };

    private static Dictionary<string, IOpenApiHeader>? Headers(string route, string status)
    {
        var headers = AnswerHeaders
            .Select(header => (Place: header.Key.Split(' '), Description: header.Value))
            .Where(header => header.Place[..^1].All(word => word == route || word == status))
            .ToDictionary(
                header => header.Place[^1],
                IOpenApiHeader (header) => new OpenApiHeader
                {
                    Description = header.Description,
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                });
        return headers.Count == 0 ? null : headers;
    }

    /// <summary>What is said of this parameter under these routes, or else wherever it occurs.</summary>
    private static T? Of<T>(Dictionary<string, T> said, string area, string parameter) where T : class =>
        said.GetValueOrDefault($"{area} {parameter}") ?? said.GetValueOrDefault(parameter);

    private static string? Name(IOpenApiSchema? schema) => (schema as OpenApiSchemaReference)?.Reference.Id;
}
