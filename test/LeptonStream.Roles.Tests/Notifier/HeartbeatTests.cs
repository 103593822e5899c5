using Confluent.Kafka;
using LeptonStream.Detector;
using LeptonStream.Kafka;
using LeptonStream.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeptonStream.Roles.Tests.Notifier;

/// <summary>The dead-man's switch on a real detector and a real notifier.</summary>
[Parallelizable]
public sealed class HeartbeatTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private NotifierRig _rig = null!;
    private readonly List<IHost> _detectors = [];

    [SetUp]
    public async Task MakeRig() => _rig = await NotifierRig.Create();

    [TearDown]
    public async Task RemoveRig()
    {
        foreach (var detector in _detectors) await Stop(detector);
        await _rig.DisposeAsync();
    }

    [Test]
    public async Task Run_AllIsWell_CallsEveryWatcherInItsWayAndShowsNobodyAnAlert()
    {
        StartDetector();
        StartNotifiers(1);
        await Eventually.True(() => CallsOf("ping").Length >= 3, "three heartbeats", Patience);

        Assert.That(CallsOf("ping")[0].Body.ValueKind, Is.EqualTo(System.Text.Json.JsonValueKind.Undefined), "a GET has no body");
        var alert = CallsOf("snitch")[0].Body.GetProperty("alerts")[0];
        Assert.That(alert.GetProperty("labels").GetProperty("alertname").GetString(), Is.EqualTo("Watchdog"));
        Assert.That(CallsOf("am/api/v2/alerts")[0].Body[0].GetProperty("labels").GetProperty("alertname").GetString(),
            Is.EqualTo("Watchdog"));
        Assert.That(CallsOf("hook"), Is.Empty, "a probe is no alert");
        Assert.That(await _rig.Scalar<long>("select (select count(*) from alert) + (select count(*) from alert_event)"), Is.Zero);
        Assert.That(await _rig.Scalar<long>("select succeeded_at from heartbeat"), Is.Positive);
        Assert.That(_rig.Probe.Read(_rig.Topics.DeadLetters), Is.Empty);
    }

    [Test]
    public async Task Run_SeveralNotifiers_SendEachHeartbeatOnce()
    {
        StartDetector();
        StartNotifiers(3);
        await Eventually.True(() => CallsOf("ping").Length >= 3, "three heartbeats", Patience);
        var rounds = _rig.Probe.Read(_rig.Topics.Metrics).Select(record => record.Partition.Value).ToArray();

        var calls = CallsOf("ping");
        Assert.That(calls.Zip(calls.Skip(1)).Select(pair => pair.Second.At - pair.First.At),
            Is.All.GreaterThan(TimeSpan.FromMilliseconds(500)), "one of the notifiers has each turn, however late");
        Assert.That(rounds.Count(partition => partition == 0), Is.EqualTo(rounds.Count(partition => partition == 1)));
    }

    [Test]
    public async Task Run_TheDetectorIsGone_SendsNothingUntilItIsBack()
    {
        var detector = StartDetector();
        var notifier = StartNotifiers(1).Single();
        await Eventually.True(() => CallsOf("ping").Length >= 1, "a heartbeat", Patience);
        _detectors.Remove(detector);
        await Stop(detector);
        var heard = CallsOf("ping").Length;
        await Eventually.True(() => NotifierRig.HealthOf(notifier).Ready().Detail.Contains("no heartbeat for", StringComparison.Ordinal),
            "the notifier says that heartbeats have stopped", Patience);

        Assert.That(CallsOf("ping").Length - heard, Is.LessThanOrEqualTo(1), "at most the one that was on its way");
        Assert.That(NotifierRig.HealthOf(notifier).Ready().Detail, Does.Contain("no probe comes back through partitions 0, 1"));
        StartDetector();
        await Eventually.True(() => CallsOf("ping").Length > heard + 1, "heartbeats go on", Patience);
        await Eventually.True(() => !NotifierRig.HealthOf(notifier).Ready().Detail.Contains("heartbeat", StringComparison.Ordinal),
            "the trouble is over", Patience);
    }

    [Test]
    public async Task Run_AWatcherRefuses_SaysSoWithoutItsSecret()
    {
        _rig.Sink.Answer = call => new SinkAnswer(call.Path == "ping" ? 404 : 200, Body: "no check ping");
        StartDetector();
        var notifier = StartNotifiers(1).Single();
        await Eventually.True(() => NotifierRig.HealthOf(notifier).Ready().Detail.Contains("HTTP 404", StringComparison.Ordinal),
            "the notifier says who refused", Patience);

        Assert.That(NotifierRig.HealthOf(notifier).Ready().Detail, Does.Not.Contain("ping"));
        Assert.That(await _rig.Scalar<long>("select succeeded_at from heartbeat"), Is.Zero);
    }

    private WebhookCall[] CallsOf(string path) => [.. _rig.Sink.Calls.Where(call => call.Path == path)];

    private IHost[] StartNotifiers(int count) => [.. Enumerable.Range(0, count).Select(_ => _rig.Start(
        ("Notifier:HeartbeatUrls", _rig.Sink.Url("ping")), ("Notifier:HeartbeatWebhookUrls", _rig.Sink.Url("snitch")),
        ("Notifier:HeartbeatAlertmanagerUrls", _rig.Sink.Url("am")), ("Notifier:HeartbeatIntervalSeconds", "5"),
        ("Notifier:HeartbeatMaxDelaySeconds", "5")))];

    private IHost StartDetector()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kafka:BootstrapServers"] = _rig.Options.BootstrapServers,
            ["Kafka:SessionTimeoutMs"] = "6000",
            ["Detector:Loops"] = "1",
        });
        builder.Services.AddDetector(builder.Configuration);
        var host = builder.Build();
        host.Start();
        _detectors.Add(host);
        return host;
    }

    private static async Task Stop(IHost host)
    {
        await host.StopAsync();
        host.Dispose();
    }
}
