using System.Globalization;
using LeptonStream.Collector.Points;
using LeptonStream.Resilience;

namespace LeptonStream.Collector.Edge.Host;

/// <summary>
/// The counters of InfiniBand ports, which the kernel has in files, as totals under the names that the node exporter gives them; the
/// mapping makes rates of them. Data is counted in words of four bytes.
/// </summary>
internal sealed class InfinibandSource(string folder, HostSamples samples, TimeProvider time)
{
    /// <summary>The name of the source.</summary>
    public const string Name = "infiniband";

    private const int MostPorts = 64;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    private static readonly (string File, string Metric, int Factor)[] Counters =
    [
        ("symbol_error", "node_infiniband_symbol_error_total", 1),
        ("link_downed", "node_infiniband_link_downed_total", 1),
        ("link_error_recovery", "node_infiniband_link_error_recovery_total", 1),
        ("port_rcv_errors", "node_infiniband_port_errors_received_total", 1),
        ("port_xmit_discards", "node_infiniband_port_discards_transmitted_total", 1),
        ("port_xmit_wait", "node_infiniband_port_transmit_wait_total", 1),
        ("port_rcv_data", "node_infiniband_port_data_received_bytes_total", 4),
        ("port_xmit_data", "node_infiniband_port_data_transmitted_bytes_total", 4),
    ];

    private readonly Pace _pace = new(Every, time);

    /// <summary>Reads the counters where it is time.</summary>
    public async Task Round()
    {
        if (!_pace.IsDue()) return;
        var now = time.GetUtcNow();
        samples.Begin();
        try
        {
            foreach (var (device, port, counters) in Ports()) Add(device, port, counters, now);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // A device that was taken out while it was read; the next round sees those that are left.
        }

        await samples.Send(Name);
    }

    private IEnumerable<(string Device, string Port, string Counters)> Ports()
    {
        if (!Directory.Exists(folder)) return [];
        return Directory.GetDirectories(folder).Order(StringComparer.Ordinal)
            .Where(device => Directory.Exists(Path.Combine(device, "ports")))
            .SelectMany(device => Directory.GetDirectories(Path.Combine(device, "ports")).Order(StringComparer.Ordinal)
                .Select(port => (Path.GetFileName(device), Path.GetFileName(port), Path.Combine(port, "counters"))))
            .Take(MostPorts);
    }

    private void Add(string device, string port, string counters, DateTimeOffset now)
    {
        foreach (var (file, metric, factor) in Counters)
        {
            // Which ones there are depends on the driver, and one that is not supported can't be read.
            if (Read(Path.Combine(counters, file)) is { } count)
                samples.Add(metric, PointKind.Cumulative, count * factor, now, ("device", device), ("port", port));
        }
    }

    private static double? Read(string path)
    {
        try
        {
            return File.Exists(path) && ulong.TryParse(File.ReadAllText(path).AsSpan().Trim(), NumberStyles.None,
                CultureInfo.InvariantCulture, out var count) ? count : null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
