using System.IO.Compression;
using System.Net.Mime;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace StoreFlow.Infrastructure;

/// <summary>Answers worth it are compressed for callers that ask: lists, catalogues and customers' pages shrink to a fifth and less.</summary>
internal static class Compression
{
    public static void AddCompression(this WebApplicationBuilder builder)
    {
        builder.Services.AddResponseCompression(options =>
        {
            options.EnableForHttps = true; // see OutsideSessions
            options.MimeTypes = [MediaTypeNames.Application.Json, MediaTypeNames.Application.ProblemJson, MediaTypeNames.Text.Html];
        });
        builder.Services.Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        builder.Services.Configure<GzipCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        builder.Services.AddSingleton<IResponseCompressionProvider, OutsideSessions>();
    }

    /// <summary>
    /// What a browser gets for its session stays as long as it is: the length of a compressed page lets who watches
    /// the line guess what stands in it (BREACH). A bearer token is nothing that another site can make a browser send.
    /// </summary>
    private sealed class OutsideSessions(IServiceProvider services, IOptions<ResponseCompressionOptions> options) : ResponseCompressionProvider(services, options)
    {
        public override bool ShouldCompressResponse(HttpContext http) =>
            http.User.Identity?.AuthenticationType != Sessions.Scheme && base.ShouldCompressResponse(http);
    }
}
