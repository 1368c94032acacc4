using System.Net.Sockets;

namespace StoreFlow.Infrastructure;

/// <summary>How the server calls an address that somebody else has named.</summary>
internal static class OutgoingHttp
{
    /// <summary>A client that follows no redirect and keeps no cookie.</summary>
    /// <param name="allowsPrivate">Whether it may reach this machine and its network.</param>
    /// <param name="patience">How long an answer may take.</param>
    public static HttpClient Client(bool allowsPrivate, TimeSpan patience)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2), // DNS is asked again
            MaxResponseHeadersLength = 16, // KB
        };
        if (!allowsPrivate)
            handler.ConnectCallback = (connection, cancellationToken) =>
                PublicAddresses.ConnectAsync(connection.DnsEndPoint, cancellationToken);
        var client = new HttpClient(handler) { Timeout = patience };
        client.DefaultRequestHeaders.UserAgent.Add(new("StoreFlow", ProductVersion.Number));
        return client;
    }

    /// <summary>Why no answer came, in a sentence.</summary>
    public static string Sentence(HttpRequestException fault) => fault switch
    {
        { InnerException: PrivateAddressException refused } => refused.Message,
        { HttpRequestError: HttpRequestError.NameResolutionError } => "There is no such host.",
        { HttpRequestError: HttpRequestError.SecureConnectionError } => "Its certificate cannot be trusted, or it speaks no TLS.",
        { HttpRequestError: HttpRequestError.ConnectionError, InnerException: SocketException socket } =>
            $"No connection: {socket.SocketErrorCode}.",
        { HttpRequestError: HttpRequestError.ResponseEnded } => "It closed the connection without an answer.",
        _ => $"No answer that can be read: {fault.HttpRequestError}.",
    };
}
