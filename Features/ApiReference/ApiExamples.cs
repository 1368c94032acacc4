using System.Text.Json;
using System.Text.Json.Nodes;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ApiReference;

/// <summary>
/// The examples of the API's description, as <c>ApiExamples.json</c> keeps them: bodies by their schema, answers by
/// their route or schema. The texts of refusals come from the code that refuses.
/// </summary>
internal static class ApiExamples
{
    private static readonly JsonNode All = Read();

    private static readonly Dictionary<Reason, Refusal> Refusals =
        All["refusals"].Deserialize<RefusalExample[]>(Json.Answers)!
            .ToDictionary(example => example.Reason, example => example.ToRefusal());

    public static JsonNode? OfBody(string schema) => All["requests"]![schema]?.DeepClone();

    public static JsonNode? OfAnswer(string route, string? schema) =>
        (All["answers"]![route] ?? (schema is null ? null : All["answers"]![schema]))?.DeepClone();

    public static JsonNode OfRefusal(Reason reason)
    {
        var problem = (Refusals.GetValueOrDefault(reason) ?? RefusalAnswers.OfStatus(reason.Http().Status)).ToHttp().ProblemDetails;
        var example = JsonSerializer.SerializeToNode(problem, Json.Answers)!;
        example["trace_id"] = "00-267d954bfc654dbab29b1d599747ae51-e7563ad7754061d3-00";
        return example;
    }

    private static JsonNode Read()
    {
        using var file = typeof(ApiExamples).Assembly.GetManifestResourceStream("ApiExamples.json")!;
        return JsonNode.Parse(file)!;
    }

    private sealed record RefusalExample(
        Reason Reason, string? Detail, IReadOnlyDictionary<string, string[]>? Errors, CurrentState? Current, DateTimeOffset? NextOpening)
    {
        public Refusal ToRefusal() => Reason is Reason.StoreClosed ? Refusal.StoreClosed("pickup_at", Detail!, NextOpening)
            : Errors is null ? new(Reason, Detail!) { Current = Current }
            : Refusal.Invalid(Errors);
    }
}
