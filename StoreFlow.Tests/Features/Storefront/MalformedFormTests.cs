using System.Net.Http.Headers;
using System.Text;
using Dapper;

namespace StoreFlow.Tests.Features.Storefront;

/// <summary>
/// A form that cannot be read is its sender's fault. It is refused on a page or as a problem, and the log has nothing of it.
/// </summary>
public sealed class MalformedFormTests(LoggedApp app) : IClassFixture<LoggedApp>
{
    private const string UrlEncoded = "application/x-www-form-urlencoded";
    private const string Multipart = "multipart/form-data; boundary=b";
    private const string Field = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n";

    private static readonly Dictionary<string, (string ContentType, string Body, int Status)> Forms = new()
    {
        ["no boundary"] = ("multipart/form-data", "x", 400),
        ["a long boundary"] = ($"multipart/form-data; boundary={new string('b', 200)}", "x", 400),
        ["cut off"] = (Multipart, $"{Field}\r\nxx", 400),
        ["a bad disposition"] = (Multipart, "--b\r\nContent-Disposition: ;;;===\r\n\r\nxx\r\n--b--\r\n", 400),
        ["a header without a colon"] = (Multipart, "--b\r\nnocolon\r\n\r\nxx\r\n--b--\r\n", 400),
        ["too many headers"] = (
            Multipart, $"--b\r\n{string.Concat(Enumerable.Range(0, 40).Select(i => $"h{i}: x\r\n"))}\r\nxx\r\n--b--\r\n", 400),
        ["too many keys"] = (UrlEncoded, string.Join('&', Enumerable.Range(0, 1100).Select(i => $"k{i}=1")), 400),
        ["a long key"] = (UrlEncoded, $"{new string('k', 3000)}=1", 400),
        ["a null character"] = (UrlEncoded, "%00=1", 400),
        ["UTF-7"] = ($"{UrlEncoded}; charset=utf-7", "a=1", 400),
        ["a part in UTF-7"] = (Multipart, $"{Field}Content-Type: text/plain; charset=utf-7\r\n\r\nxx\r\n--b--\r\n", 400),
        ["too large"] = (UrlEncoded, $"a={new string('x', 70_000)}", 413),
    };

    public static TheoryData<string, string> All()
    {
        var data = new TheoryData<string, string>();
        foreach (var path in new[] { "/shop/1", "/login" })
            foreach (var name in Forms.Keys)
                data.Add(path, name);
        return data;
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Is_refused_and_leaves_nothing_behind(string path, string name)
    {
        var (contentType, body, status) = Forms[name];

        using (var page = await Send(path, contentType, body, "text/html"))
        {
            Assert.Equal(status, (int)page.StatusCode);
            Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
            if (status == 400)
            {
                Assert.Contains(
                    "This form cannot be read. Open the page anew and send it once more.", await page.Content.ReadAsStringAsync());
            }
        }
        using (var problem = await Send(path, contentType, body, "application/json"))
        {
            Assert.Equal(status, (int)problem.StatusCode);
            Assert.Equal("application/problem+json", problem.Content.Headers.ContentType?.MediaType);
        }
        Assert.Empty(app.Logged);
        using var db = app.OpenDatabase();
        Assert.Equal(0, db.ExecuteScalar<long>("SELECT COUNT(*) FROM orders"));
    }

    [Fact]
    public async Task JSON_where_a_form_belongs_is_told_what_is_taken()
    {
        using var answer = await Send("/login", "application/json", "{}", "application/json");
        Assert.Equal(415, (int)answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Contains("/login", text);
        Assert.Contains(UrlEncoded, text);
        Assert.DoesNotContain("Not JSON", text);
    }

    private async Task<HttpResponseMessage> Send(string path, string contentType, string body, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.ASCII.GetBytes(body)) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        request.Headers.Accept.ParseAdd(accept);
        return await app.As(null).SendAsync(request);
    }
}
