using System.Globalization;
using System.Text.Json;
using LeptonStream.Integration.Tests.Detector;
using LeptonStream.Kafka;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>
/// The dead-man's switch with real parts: whatever dies, a watcher outside that waits for 60 s raises the alarm within 120 s, and never
/// while all is well.
/// </summary>
[Parallelizable]
public sealed class HeartbeatProcessTests
{
    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(120);

    // A watcher's period and grace, with heartbeats every 10 s.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    private readonly List<IAsyncDisposable> _parts = [];
    private readonly List<LeptonProcess> _processes = [];
    private RealKafka _kafka = null!;
    private PostgresServer _postgres = null!;
    private WebhookSink _watcher = null!;
    private BrokerProxy _wayOut = null!;
    private string _settings = null!;

    [SetUp]
    public async Task StartAll()
    {
        _settings = Path.GetTempFileName();
        _parts.Add(_kafka = await RealKafka.Start());
        _parts.Add(_postgres = await PostgresServer.Start());
        _parts.Add(_watcher = await WebhookSink.Start());
        var port = LoopbackPorts.FreeRow(1);
        _parts.Add(_wayOut = new BrokerProxy(port, new Uri(_watcher.Url()).Port));
        var options = new KafkaOptions { BootstrapServers = _kafka.BootstrapServers };
        await File.WriteAllTextAsync(_settings, JsonSerializer.Serialize(new
        {
            Kafka = new { options.BootstrapServers },
            Storage = new { _postgres.ConnectionString },
            Notifier = new
            {
                HeartbeatUrls = $"http://127.0.0.1:{port}/ping", HeartbeatIntervalSeconds = 10, HeartbeatMaxDelaySeconds = 10,
                AllowedTargets = "loopback",
            },
        }));
        var created = await LeptonProcess.Run(["topics", "create", "--bootstrap-servers", options.BootstrapServers, "--partitions", "2",
            "--replication-factor", "1"]);
        Assert.That(created.ExitCode, Is.Zero, created.Everything);
        foreach (var role in (string[])["detector", "notifier"])
            _processes.Add(LeptonProcess.Start([role, "--config", _settings]));
        await Eventually.True(() => _watcher.Calls.Count >= 3, $"three heartbeats\n{_processes[1]}", TimeSpan.FromMinutes(2));
        Assert.That(Gaps(_watcher.Calls), Is.All.LessThan(Grace), "no false alarm");
    }

    [TearDown]
    public async Task StopEverything()
    {
        foreach (var process in _processes) process.Dispose();
        foreach (var part in Enumerable.Reverse(_parts)) await part.DisposeAsync();
        _processes.Clear();
        _parts.Clear();
        File.Delete(_settings);
    }

    [TestCase("kafka", Category = "Slow")]
    [TestCase("detector")]
    [TestCase("notifier", Category = "Slow")]
    [TestCase("postgres", Category = "Slow")]
    [TestCase("egress", Category = "Slow")]
    public async Task Die_APart_TheWatcherNoticesWithinTwoMinutes(string part)
    {
        await (part switch
        {
            "kafka" => _kafka.DisposeAsync().AsTask(),
            "detector" => Task.Run(_processes[0].Kill),
            "notifier" => Task.Run(_processes[1].Kill),
            "postgres" => _postgres.Kill(),
            _ => Task.Run(_wayOut.Hold),
        });
        if (part == "kafka") _parts.Remove(_kafka);
        var died = DateTimeOffset.UtcNow;
        await Eventually.True(() => DateTimeOffset.UtcNow - _watcher.Calls[^1].At > Grace, "the watcher raises the alarm", Noticed);

        var noticed = DateTimeOffset.UtcNow - died;
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{part}: the last heartbeat came {(_watcher.Calls[^1].At - died).TotalSeconds:F1} s after the death, noticed after "
            + $"{noticed.TotalSeconds:F0} s"));
        Assert.That(noticed, Is.LessThan(Noticed));
    }

    private static IEnumerable<TimeSpan> Gaps(IReadOnlyList<WebhookCall> calls) =>
        calls.Zip(calls.Skip(1)).Select(pair => pair.Second.At - pair.First.At);
}
