using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace LeptonStream.Integration.Tests.Detector;

/// <summary>
/// The network between detectors and a broker: it can cut what is connected, be slow, and hold everything in both directions, so that each
/// side believes that the other is only silent. What was held arrives when it is released, also from a sender that has given up since.
/// </summary>
internal sealed class BrokerProxy : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly int _broker;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Socket, bool> _open = [];
    private readonly Task _work;
    private volatile TaskCompletionSource _gate = new();

    /// <param name="port">Where the broker says that it listens.</param>
    /// <param name="broker">Where it does.</param>
    public BrokerProxy(int port, int broker)
    {
        _broker = broker;
        _listener = new(IPAddress.Loopback, port);
        _listener.Start();
        _gate.SetResult();
        _work = Accept();
    }

    /// <summary>How much later everything arrives.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Ends all connections, as a router does that forgets them: each side is told.</summary>
    public void Cut()
    {
        foreach (var socket in _open.Keys)
        {
            try
            {
                socket.LingerState = new(true, 0);
                socket.Dispose();
            }
            catch (ObjectDisposedException)
            {
                // Its own end was faster.
            }
        }
    }

    /// <summary>Nothing arrives from now on, in no direction.</summary>
    public void Hold() => _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>All that was held arrives now.</summary>
    public void Release() => _gate.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        Release();
        Cut();
        await _work;
        _stop.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true) _ = Serve(await _listener.AcceptSocketAsync(_stop.Token));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Nobody is to come any more.
        }
    }

    private async Task Serve(Socket client)
    {
        using var _ = client;
        using var broker = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        (client.NoDelay, broker.NoDelay) = (true, true);
        _open[client] = _open[broker] = true;
        try
        {
            await _gate.Task;
            await broker.ConnectAsync(IPAddress.Loopback, _broker);
            await Task.WhenAll(Pump(client, broker), Pump(broker, client));
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException)
        {
            // One side is gone.
        }

        _open.TryRemove(client, out bool _);
        _open.TryRemove(broker, out bool _);
    }

    private async Task Pump(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        while (await Receive(from, buffer) is var count and > 0)
        {
            await Task.Delay(Latency);
            await _gate.Task;
            for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
        }

        to.Shutdown(SocketShutdown.Send);
    }

    // A sender that was cut off has said all it had to say.
    private static async Task<int> Receive(Socket from, byte[] buffer)
    {
        try
        {
            return await from.ReceiveAsync(buffer.AsMemory());
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException)
        {
            return 0;
        }
    }
}
