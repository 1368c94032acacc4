using System.IO.Compression;
using System.Net.Mime;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace StoreFlow.Infrastructure;

/// <summary>
/// Compresses large answers for callers that ask for it: lists, catalogues and customers' pages shrink to a fifth or less.
/// </summary>
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
    /// What a browser gets for its session is not compressed: the length of a compressed page lets an observer of the
    /// line guess what is in it (BREACH). Another site cannot make a browser send a bearer token.
    /// </summary>
    private sealed class OutsideSessions(IServiceProvider services, IOptions<ResponseCompressionOptions> options)
        : ResponseCompressionProvider(services, options)
    {
        public override bool ShouldCompressResponse(HttpContext http) =>
            http.User.Identity?.AuthenticationType != Sessions.Scheme && base.ShouldCompressResponse(http);
    }
}
