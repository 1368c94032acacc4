using System.Text.Json;
using System.Text.Json.Nodes;
using StoreFlow.Features;

namespace StoreFlow.Infrastructure;

/// <summary>
/// The examples of the API's description, as <c>ApiExamples.json</c> keeps them: bodies by their schema, answers by
/// their route or schema. A refusal's comes from where refusals are made.
/// </summary>
internal static class ApiExamples
{
    private static readonly JsonNode All = Read();

    private static readonly Dictionary<Reason, Refusal> Refusals =
        All["refusals"].Deserialize<Refusal[]>(Json.Answers)!.ToDictionary(refusal => refusal.Reason);

    public static JsonNode? OfBody(string schema) => All["requests"]![schema]?.DeepClone();

    public static JsonNode? OfAnswer(string route, string? schema) =>
        (All["answers"]![route] ?? (schema is null ? null : All["answers"]![schema]))?.DeepClone();

    public static JsonNode OfRefusal(Reason reason)
    {
        var problem = Problems.Answer(Refusals.GetValueOrDefault(reason) ?? Problems.OfStatus(reason.Http().Status)).ProblemDetails;
        var example = JsonSerializer.SerializeToNode(problem, Json.Answers)!;
        example["trace_id"] = "00-267d954bfc654dbab29b1d599747ae51-e7563ad7754061d3-00";
        return example;
    }

    private static JsonNode Read()
    {
        using var file = typeof(ApiExamples).Assembly.GetManifestResourceStream("ApiExamples.json")!;
        return JsonNode.Parse(file)!;
    }
}
