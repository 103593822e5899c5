using LeptonStream.Collector.Points;
using LeptonStream.Resilience;

namespace LeptonStream.Collector.Edge.Host;

/// <summary>
/// Errors of GPUs and NVSwitches in the kernel's log as samples. The detector looks at the change of a code: (1) a device has the code 0,
/// every quarter of a minute, as long as it has no error; (2) an error is its code at the time of the line, with a 0 right before it where
/// the same code stands already, so that a second error is one; (3) the code stands for ten minutes, and then it is 0 again.
/// </summary>
internal sealed class XidSource(IKernelLog log, HostSamples samples, Dictionary<string, string> gpus, TimeProvider time)
{
    /// <summary>The name of the source.</summary>
    public const string Name = "kernel_log";

    private const int MostDevices = 256;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Stands = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Before = TimeSpan.FromMilliseconds(1);

    // A storm of one error, as of 11,000 lines in a minute, is one.
    private static readonly TimeSpan Storm = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(XidKind Kind, string Pci), Device> _devices =
        gpus.ToDictionary(gpu => (XidKind.Gpu, gpu.Key), _ => new Device());
    private readonly List<(XidLine Error, DateTimeOffset Time)> _errors = [];

    // The first codes that stand come after the errors that a start reads again.
    private readonly Pace _pace = new(Every, time, isDueAtOnce: false);
    private readonly long _began = time.GetTimestamp();

    /// <summary>Reason in plain words for which the log can't be read; null where it can.</summary>
    public string? Trouble => log.Trouble;

    /// <summary>Takes what is new.</summary>
    public async Task Round()
    {
        var now = time.GetUtcNow();
        samples.Begin();
        _errors.Clear();
        log.Take(_errors);
        // :: (2) Errors.
        var moment = time.GetElapsedTime(_began);
        foreach (var (error, at) in _errors) Take(error, at, moment - (at < now ? now - at : TimeSpan.Zero));
        // :: (1) and (3) The codes that stand.
        if (_pace.IsDue())
        {
            foreach (var ((kind, pci), device) in _devices)
            {
                if (moment - device.ErredAt > Stands) device.Code = 0;
                Add(kind, pci, device, device.Code, now);
            }
        }

        await samples.Send(Name);
    }

    private void Take(in XidLine error, DateTimeOffset at, TimeSpan moment)
    {
        if (!_devices.TryGetValue((error.Kind, error.Pci), out var device))
        {
            if (_devices.Count >= MostDevices) return;
            _devices.Add((error.Kind, error.Pci), device = new());
        }

        // A line is read a moment after it was written, and the code that stood may have been a sample by then.
        if (at <= device.Sampled && device.Sampled - at < Delay) at = device.Sampled + Before + Before;
        var (stands, isStorm) = (device.Code == error.Code, moment - device.ErredAt < Storm);
        if (moment > device.ErredAt) device.ErredAt = moment;
        if (stands && isStorm) return;
        if (stands || device.Sampled == default) Add(error.Kind, error.Pci, device, 0, at - Before);
        device.Code = error.Code;
        Add(error.Kind, error.Pci, device, error.Code, at);
    }

    private void Add(XidKind kind, string pci, Device device, int code, DateTimeOffset at)
    {
        if (at > device.Sampled) device.Sampled = at;
        if (kind == XidKind.Switch) samples.Add("gpu.sxid", PointKind.Gauge, code, at, ("pci", pci));
        else samples.Add("gpu.xid", PointKind.Gauge, code, at, ("gpu", gpus.GetValueOrDefault(pci, "")), ("pci", pci));
    }

    private sealed class Device
    {
        public int Code { get; set; }

        // When its last error was, since the start and by a clock that nobody sets.
        public TimeSpan ErredAt { get; set; } = TimeSpan.MinValue / 2;

        // The time of its newest sample.
        public DateTimeOffset Sampled { get; set; }
    }
}
