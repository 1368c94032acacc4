using System.Text.Json;
using System.Text.RegularExpressions;

namespace StoreFlow.Tests;

/// <summary>What every refusal must have: a stable code, a sentence that a clerk understands, and the field to look at.</summary>
public static partial class Refusals
{
    /// <summary>Checks that an answer is this refusal, and that each of these fields is named in <c>errors</c>.</summary>
    public static void Is(this (int Status, JsonElement Body) answer, int status, string code, params string[] fields)
    {
        Assert.Equal((status, code), (answer.Status, answer.Body.Text("code")));
        Assert.Equal(status, answer.Body.Number("status"));
        Assert.Matches(Sentence(), answer.Body.Text("detail"));
        Assert.DoesNotMatch(Jargon(), answer.Body.Text("detail"));
        if (status == 400)
            Assert.NotEmpty(answer.Body.GetProperty("errors").EnumerateObject());
        foreach (var field in fields)
        {
            var sentences = answer.Body.GetProperty("errors").GetProperty(field).EnumerateArray()
                .Select(text => text.GetString()!)
                .ToList();
            Assert.NotEmpty(sentences);
            Assert.All(sentences, sentence => Assert.Matches(Sentence(), sentence));
            Assert.All(sentences, sentence => Assert.DoesNotMatch(Jargon(), sentence));
        }
    }

    [GeneratedRegex(@"^[A-Z].* .*[.]$")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"Exception|System\.|StoreFlow\.|Nullable|Int64|`|\bPath:")]
    private static partial Regex Jargon();
}
