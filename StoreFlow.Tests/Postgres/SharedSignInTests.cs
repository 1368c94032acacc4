using System.Net;
using Dapper;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Postgres;

/// <summary>Staff and customers do not notice which node answers: what one has signed, the other takes.</summary>
public sealed class SharedSignInTests
{
    private const string Mina = "manager@demo.example";

    [SkippableFact]
    public async Task Who_signs_in_on_one_node_is_in_on_the_other_and_out_on_both()
    {
        using var nodes = new Nodes();
        var (first, second) = (nodes.Start(), nodes.Start());
        using var answer = await first.SignIn(Mina, SessionClient.Password);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        using var there = second.WithCookie(answer.SessionCookie());
        Assert.Equal(200, (await there.Get("/stores/1/orders")).Status);
        Assert.Contains("Mina", await there.GetStringAsync("/account"), StringComparison.Ordinal);

        await there.SignOut();
        using var here = first.WithCookie(answer.SessionCookie());
        Assert.Equal(401, (await here.Get("/stores/1/orders")).Status);
        Assert.Equal(401, (await there.Get("/stores/1/orders")).Status);
        Assert.False(Directory.Exists(Path.Combine(first.Folder, "keys")));
    }

    [SkippableFact]
    public void Nodes_that_start_together_make_one_key_and_a_later_one_takes_it()
    {
        using var nodes = new Nodes();
        var together = new StoreFlowApp[4];
        Parallel.For(0, together.Length, new() { MaxDegreeOfParallelism = together.Length }, i => together[i] = nodes.Start());
        var all = together.Append(nodes.Start()).ToList();

        using var db = TestPostgres.Open(nodes.Database);
        Assert.Equal(1, db.ExecuteScalar<long>("SELECT COUNT(*) FROM data_protection_keys"));
        foreach (var maker in all)
        {
            var made = Antiforgery(maker).GetTokens(new DefaultHttpContext { RequestServices = maker.Services });
            foreach (var taker in all)
                Antiforgery(taker).ValidateRequestAsync(Form(taker, made)).GetAwaiter().GetResult(); // throws where it is not good
        }
    }

    private static IAntiforgery Antiforgery(StoreFlowApp node) => node.Services.GetRequiredService<IAntiforgery>();

    private static DefaultHttpContext Form(StoreFlowApp node, AntiforgeryTokenSet tokens)
    {
        var http = new DefaultHttpContext { RequestServices = node.Services };
        var cookie = node.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<AntiforgeryOptions>>().Value.Cookie.Name;
        http.Request.Method = "POST";
        http.Request.Headers.Cookie = $"{cookie}={tokens.CookieToken}";
        http.Request.Headers[tokens.HeaderName!] = tokens.RequestToken;
        return http;
    }
}
