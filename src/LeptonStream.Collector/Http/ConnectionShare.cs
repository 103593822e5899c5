using System.Net;
using Microsoft.AspNetCore.Connections;

namespace LeptonStream.Collector.Http;

/// <summary>Half of the connections, at most, for one address: whoever opens them without end keeps nobody else out.</summary>
/// <param name="all">All connections, at most.</param>
/// <param name="metrics">Counts those that are closed.</param>
internal sealed class ConnectionShare(int all, CollectorMetrics metrics)
{
    private readonly int _most = Math.Max(1, all / 2);
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _open = [];

    /// <summary>Takes a connection, or closes it.</summary>
    public async Task Take(ConnectionContext connection, ConnectionDelegate next)
    {
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        if (!TryEnter(address))
        {
            metrics.TurnedAway("connections");
            connection.Abort();
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            Leave(address);
        }
    }

    private bool TryEnter(IPAddress address)
    {
        lock (_lock)
        {
            var open = _open.GetValueOrDefault(address);
            if (open >= _most) return false;
            _open[address] = open + 1;
            return true;
        }
    }

    private void Leave(IPAddress address)
    {
        lock (_lock)
        {
            if (--_open[address] == 0) _open.Remove(address);
        }
    }
}
