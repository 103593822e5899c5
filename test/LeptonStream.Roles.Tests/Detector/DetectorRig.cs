using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detector;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Embedded;
using LeptonStream.Reload;
using LeptonStream.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Roles.Tests.Detector;

/// <summary>An embedded broker with the topics, and detectors on it as their own hosts.</summary>
internal sealed class DetectorRig : IDisposable
{
    public const string Group = "lepton-detector";

    private readonly Dictionary<string, string?> _settings;
    private readonly List<IHost> _hosts = [];
    private readonly MeterListener _listener = new();
    private readonly ConcurrentBag<IMeterFactory> _meters = [];
    private readonly Dictionary<string, long> _counts = [];

    /// <param name="partitions">Of each topic; 0 for no topics.</param>
    /// <param name="sessionTimeoutMs">How long the group waits for a silent member.</param>
    /// <param name="tellsStatus">Whether there are topics of statuses and of states. Without them, nothing but alerts and dead letters is
    /// published.</param>
    /// <param name="inPlace">Whether detectors read records in the client's own memory.</param>
    /// <param name="joinDelayMs">How long the empty group waits for more members after its first.</param>
    public DetectorRig(
        int partitions = 2, int sessionTimeoutMs = 6_000, bool tellsStatus = true, bool inPlace = true, int joinDelayMs = 0)
    {
        Broker = EmbeddedBroker.Start(joinDelayMs);
        Options = new KafkaOptions { BootstrapServers = Broker.BootstrapServers, SessionTimeoutMs = sessionTimeoutMs };
        Topics = TopicNames.Of(Options);
        foreach (var topic in partitions == 0 ? [] : Topics.All.Where(topic => tellsStatus
            || (topic != Topics.Status && topic != Topics.State)))
            Broker.CreateTopic(topic, partitions);
        Probe = new TopicProbe(Options);
        _settings = new()
        {
            ["Kafka:BootstrapServers"] = Options.BootstrapServers,
            ["Kafka:SessionTimeoutMs"] = sessionTimeoutMs.ToString(CultureInfo.InvariantCulture),
            ["Detector:Loops"] = "1",
            ["Detector:ReadInPlace"] = $"{inPlace}",
        };
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope is IMeterFactory scope && _meters.Contains(scope)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>(Count);
        _listener.Start();
    }

    public EmbeddedBroker Broker { get; }

    public KafkaOptions Options { get; }

    public TopicNames Topics { get; }

    public TopicProbe Probe { get; }

    /// <summary>Is called on the worker's own thread at every count, with the instrument's name.</summary>
    public Action<string>? OnCount { get; set; }

    /// <summary>How to judge; null for the default.</summary>
    public DetectionPolicy? Policy { get; set; }

    /// <summary>How large batches may become; null for the default.</summary>
    public BatchBounds? Bounds { get; set; }

    public IHost Start(TimeProvider? time = null, params (string Name, string Value)[] settings)
    {
        foreach (var (name, value) in settings) _settings[name] = value;
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(_settings);
        builder.Logging.AddProvider(new TestLog());
        if (time is not null) builder.Services.AddSingleton(time);
        if (Bounds is { } bounds) builder.Services.AddSingleton(bounds);
        if (Policy is { } policy) builder.Services.AddSingleton(policy);
        builder.Services.AddDetector(builder.Configuration);
        var host = builder.Build();
        // Its instruments are made when it starts; those of another rig's hosts count there.
        _meters.Add(host.Services.GetRequiredService<IMeterFactory>());
        host.Start();
        _hosts.Add(host);
        return host;
    }

    /// <summary>What SIGHUP does.</summary>
    public async Task Reload()
    {
        foreach (var file in _hosts.SelectMany(host => host.Services.GetServices<IReloadable>())) await file.Reload(CancellationToken.None);
    }

    public static IRoleHealth HealthOf(IHost host) => host.Services.GetRequiredService<IRoleHealth>();

    public static RoleExit ExitOf(IHost host) => host.Services.GetRequiredService<RoleExit>();

    /// <summary>
    /// What an instrument has counted, with the value of its one attribute where it has one: <c>rejects/malformed_json</c>.
    /// </summary>
    public long CountOf(string name)
    {
        lock (_counts) return _counts.GetValueOrDefault($"leptonstream.detector.{name}");
    }

    /// <summary>The sum of what a gauge says now; else as <see cref="CountOf"/>.</summary>
    public long GaugeOf(string name)
    {
        lock (_counts)
        {
            var before = CountOf(name);
            _listener.RecordObservableInstruments();
            return CountOf(name) - before;
        }
    }

    /// <summary>What a pipeline without a broker makes of a partition of the metrics topic as it is now.</summary>
    public List<AlertEvent> Expected(int partition)
    {
        var pipeline = new PartitionPipeline(Topics.Metrics, partition, DetectionPolicy.Default);
        var events = new List<AlertEvent>();
        foreach (var record in Probe.Read(Topics.Metrics).Where(r => r.Partition.Value == partition))
            pipeline.Process(record.Message.Value, record.Offset.Value,
                Samples.Timestamp.FromUnixMilliseconds(record.Message.Timestamp.UnixTimestampMs), events);
        return events;
    }

    public static string[] IdsOf(IEnumerable<ConsumeResult<byte[]?, byte[]?>> alerts) =>
        [.. alerts.Select(alert => TopicProbe.Header(alert, "ce_id")!)];

    public void Dispose()
    {
        foreach (var host in _hosts)
        {
            host.StopAsync().Wait(TimeSpan.FromSeconds(20));
            host.Dispose();
        }

        _listener.Dispose();
        Probe.Dispose();
        Broker.Dispose();
    }

    private void Count(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> attributes, object? state)
    {
        lock (_counts)
        {
            var key = attributes.Length == 1 ? $"{instrument.Name}/{attributes[0].Value}" : instrument.Name;
            _counts[key] = _counts.GetValueOrDefault(key) + value;
        }

        OnCount?.Invoke(instrument.Name);
    }
}
