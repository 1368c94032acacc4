using System.Net;
using System.Net.Sockets;

namespace StoreFlow.Tests;

/// <summary>A port of this machine that is free now, for a program that cannot choose one itself.</summary>
internal static class FreePort
{
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
