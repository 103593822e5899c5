using System.Net;
using System.Net.Sockets;

namespace LeptonStream.Testing;

/// <summary>Ports of this machine for programs that have to be told theirs.</summary>
public static class LoopbackPorts
{
    /// <summary>
    /// The first of as many free ports in a row. They lie below those that the system gives to outgoing connections; another process may
    /// still take one before it is used, so whoever asks tries again.
    /// </summary>
    public static int FreeRow(int count)
    {
        for (; ; )
        {
            var port = Random.Shared.Next(12_000, 32_000);
            if (Enumerable.Range(port, count).All(IsFree)) return port;
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
