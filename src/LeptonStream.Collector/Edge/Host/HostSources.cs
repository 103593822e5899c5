using LeptonStream.Health;

namespace LeptonStream.Collector.Edge.Host;

/// <summary>What the host itself says: the kernel's log and the counters of its InfiniBand ports. Used by the worker's thread.</summary>
internal sealed class HostSources : IDisposable
{
    private const string Devices = "/dev/";
    private const string Journal = "journal";

    private readonly IKernelLog? _log;
    private readonly XidSource? _errors;
    private readonly InfinibandSource? _ports;

    public HostSources(EdgeOptions options, HostSamples samples, TimeProvider time)
    {
        if (options.KernelLog is { Length: > 0 } log)
        {
            _log = log == Journal ? new KernelJournal("journalctl", time)
                : log.StartsWith(Devices, StringComparison.Ordinal) ? new KernelDevice(log, time) : new KernelFile(log, time);
            _errors = new(_log, samples, NvidiaDevices.Read(), time);
        }

        if (options.InfinibandPath is { Length: > 0 } folder) _ports = new(folder, samples, time);
    }

    /// <summary>Takes what is new.</summary>
    public async Task Round(TroubleLog troubles)
    {
        if (_errors is not null) await _errors.Round();
        if (_ports is not null) await _ports.Round();
        troubles.Note("kernel log", _errors?.Trouble is { } trouble ? $"the kernel's log is not read (Edge:KernelLog): {trouble}" : null);
    }

    public void Dispose() => _log?.Dispose();
}
