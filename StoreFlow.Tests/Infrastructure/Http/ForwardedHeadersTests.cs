using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Infrastructure.Http;

/// <summary>Who a caller is, is believed from a proxy on this machine and from those that the settings name; from nobody else.</summary>
public sealed class ForwardedHeadersTests(ForwardedHeadersTests.AppBehindProxies app)
    : IClassFixture<ForwardedHeadersTests.AppBehindProxies>
{
    private const string Peer = "X-Test-Peer";

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("192.0.2.200")]         // in a network of the settings
    [InlineData("2001:db8::7")]         // named by the settings
    public async Task A_trusted_proxys_callers_are_told_apart(string peer)
    {
        Assert.Equal(404, await AskForUnknown(peer, $"203.0.113.{Next()}"));
        Assert.Equal(404, await AskForUnknown(peer, $"203.0.113.{Next()}"));
        Assert.Contains("; secure", await CookieFrom(peer, $"203.0.113.{Next()}"));
    }

    [Theory]
    [InlineData("198.51.100.1")]
    [InlineData("192.0.3.1")]
    [InlineData("2001:db8::8")]
    public async Task Anybody_elses_word_for_it_is_ignored(string peer)
    {
        Assert.Equal(404, await AskForUnknown(peer, $"203.0.113.{Next()}"));
        Assert.Equal(429, await AskForUnknown(peer, $"203.0.113.{Next()}")); // it is still one caller
        Assert.DoesNotContain("; secure", await CookieFrom(peer, $"203.0.113.{Next()}"));
    }

    [Fact]
    public async Task What_a_caller_says_through_a_trusted_proxy_is_not_believed_either()
    {
        // The proxy adds its caller at the end; what stands before came from the caller.
        var caller = $"203.0.113.{Next()}";
        Assert.Equal(404, await AskForUnknown("192.0.2.200", $"198.18.0.1, {caller}"));
        Assert.Equal(429, await AskForUnknown("192.0.2.200", $"198.18.0.2, {caller}"));
    }

    private static int s_last;

    private static int Next() => Interlocked.Increment(ref s_last);

    private async Task<int> AskForUnknown(string peer, string forwarded)
    {
        using var client = app.As(null);
        using var request = Request(HttpMethod.Get, "/customer/00000000000000000000000000/order", peer, forwarded);
        using var answer = await client.SendAsync(request);
        return (int)answer.StatusCode;
    }

    private async Task<string> CookieFrom(string peer, string forwarded)
    {
        using var handler = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = app.Address };
        using var request = Request(HttpMethod.Post, "/login", peer, forwarded);
        request.Content = new FormUrlEncodedContent([new("email", "owner@demo.example"), new("password", SessionClient.Password)]);
        using var answer = await client.SendAsync(request);
        return answer.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith("storeflow=", StringComparison.Ordinal));
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string peer, string forwarded) => new(method, path)
    {
        Headers = { { Peer, peer }, { "X-Forwarded-For", forwarded }, { "X-Forwarded-Proto", "https" } },
    };

    /// <summary>The server, to which a header says from which address a connection came: a test has only this machine's.</summary>
    public sealed class AppBehindProxies : StoreFlowApp, IStartupFilter
    {
        protected override Dictionary<string, string> Settings => new()
        {
            ["StoreFlow:TrustedProxies"] = "192.0.2.0/24, 2001:db8::7",
            ["StoreFlow:UnknownIdsPerMinute"] = "1",
        };

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.ConfigureServices(services => services.AddSingleton<IStartupFilter>(this));
        }

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => pipeline =>
        {
            pipeline.Use((http, proceed) =>
            {
                if (http.Request.Headers[Peer].ToString() is { Length: > 0 } peer)
                    http.Connection.RemoteIpAddress = IPAddress.Parse(peer);
                return proceed(http);
            });
            next(pipeline);
        };
    }
}
