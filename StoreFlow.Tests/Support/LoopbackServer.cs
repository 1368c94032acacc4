using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace StoreFlow.Tests;

/// <summary>A small web server on a free port of this machine, for programs other than StoreFlow.</summary>
internal static class LoopbackServer
{
    public static WebApplication Make()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        return builder.Build();
    }
}
