using System.Net;
using System.Net.Sockets;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Embedded;
using LeptonStream.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace LeptonStream.Product.Tests.Cli;

/// <summary>The real program's roles as processes: probes, signals, telemetry.</summary>
public sealed class RoleProcessTests
{
    private readonly HttpClient _http = new();
    private EmbeddedBroker _broker = null!;
    private TopicNames _topics = null!;
    private string _folder = null!;

    [SetUp]
    public void Start()
    {
        _folder = Directory.CreateTempSubdirectory("lepton-roles-").FullName;
        _broker = EmbeddedBroker.Start();
        _topics = new TopicNames("lepton.");
    }

    [TearDown]
    public void Stop()
    {
        _broker.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [OneTimeTearDown]
    public void Close() => _http.Dispose();

    [TestCase("detector")]
    [TestCase("notifier")]
    public async Task Worker_Probes_FollowItsState_AndSigtermEndsItSoundly(string role)
    {
        var port = FreePort();
        using var worker = LeptonProcess.Start(
            Environment(), role, "--bootstrap-servers", _broker.BootstrapServers, "--health-port", $"{port}");
        await Eventually.True(() => Ask(port, "live").Result.Status == HttpStatusCode.OK, "live", TimeSpan.FromSeconds(60));
        var (status, text) = await Ask(port, "ready");
        Assert.That(status, Is.EqualTo(HttpStatusCode.ServiceUnavailable), text);
        Assert.That(text, Does.StartWith($"{role}: "));
        Assert.That((await Ask(port, "else")).Status, Is.EqualTo(HttpStatusCode.NotFound));

        _broker.CreateTopics(_topics, 1);

        await Eventually.True(() => Ask(port, "ready").Result.Status == HttpStatusCode.OK, "ready once there are topics",
            TimeSpan.FromSeconds(60));
        Assert.That(await _http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics")),
            Does.Contain($"service_name=\"lepton-{role}\""));
        Assert.That(await worker.Stop(), Is.Zero, worker.Error);
        Assert.That(worker.Error, Does.Not.Contain("   at LeptonStream."));
    }

    [TestCase("dashboard", "--url", "http://127.0.0.1:{0}", "--health-port")]
    [TestCase("detector", "--health-port", "{0}", "--url")]
    public async Task Role_PortInUse_SaysSoInOneLine(string role, string option, string value, string ofOthers)
    {
        using var other = new TcpListener(IPAddress.Any, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var result = await LeptonProcess.Run(
            new Dictionary<string, string> { ["LEPTON_Storage__ConnectionString"] = $"Data Source={Path.Combine(_folder, "journal.db")}" },
            role, option, string.Format(System.Globalization.CultureInfo.InvariantCulture, value, port));

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Error, Does.Contain($"lepton: can't listen: Failed to bind to address"));
        Assert.That(result.Error, Does.Contain($":{port}").And.Contain($"with {option}").And.Not.Contain(ofOthers));
        Assert.That(result.Error, Does.Not.Contain("   at ").And.Not.Contain("Exception"));
    }

    [Test]
    public async Task Detector_HealthAddress_ListensThereAlone()
    {
        var port = FreePort();
        using var detector = LeptonProcess.Start("detector", "--bootstrap-servers", _broker.BootstrapServers, "--health-port", $"{port}",
            "--set", "Health:Address=127.0.0.1");
        await Eventually.True(() => Ask(port, "live").Result.Status == HttpStatusCode.OK, "live", TimeSpan.FromSeconds(60));

        // The port of another loopback address is free.
        using var other = new TcpListener(IPAddress.Parse("127.0.0.2"), port);
        other.Start();
        Assert.That(await detector.Stop(), Is.Zero, detector.ToString());
        Assert.That(detector.Error, Does.Contain("publishes to lepton.alerts, lepton.status and lepton.deadletters"));
    }

    [Test]
    public async Task Dashboard_BeforeTheFirstNotifier_SaysSoAsInformation()
    {
        var port = FreePort();
        using var dashboard = LeptonProcess.Start(
            new Dictionary<string, string> { ["LEPTON_Storage__ConnectionString"] = $"Data Source={Path.Combine(_folder, "new.db")}" },
            "dashboard", "--url", $"http://127.0.0.1:{port}");
        var file = Path.Combine(_folder, "new.db");
        await dashboard.Says($"there is no journal yet in SQLite {file}: the notifier makes it when it starts", TimeSpan.FromSeconds(60));
        Assert.That(File.Exists(file), Is.False, "only the notifier makes it");
        await dashboard.Says($"dashboard: http://127.0.0.1:{port}", TimeSpan.FromSeconds(60));
        using var answer = await _http.GetAsync(new Uri($"http://127.0.0.1:{port}/api/v1/alerts"));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await dashboard.Stop(), Is.Zero, dashboard.ToString());
        Assert.That(dashboard.Error, Does.Not.Contain("warn").And.Not.Contain("fail"));
    }

    [TestCase("notifier")]
    [TestCase("dashboard")]
    public async Task Role_FolderOfTheJournalIsMissing_IsWrongUsageInOneLine(string role)
    {
        var result = await LeptonProcess.Run(role, "--storage", $"Data Source={Path.Combine(_folder, "none", "journal.db")}");

        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Error, Is.EqualTo(
            $"lepton: Storage:ConnectionString: there is no folder {Path.Combine(_folder, "none")} for the SQLite file\n"));
    }

    [Test]
    public async Task Dashboard_Sighup_GoesOn()
    {
        var port = FreePort();
        using var dashboard = LeptonProcess.Start(
            new Dictionary<string, string> { ["LEPTON_Storage__ConnectionString"] = $"Data Source={Path.Combine(_folder, "journal.db")}" },
            "dashboard", "--url", $"http://127.0.0.1:{port}");
        await Eventually.True(() => Ask(port, "live").Result.Status == HttpStatusCode.OK, "live", TimeSpan.FromSeconds(60));

        dashboard.Reload();
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.That((await Ask(port, "live")).Status, Is.EqualTo(HttpStatusCode.OK), dashboard.ToString());
        Assert.That(await dashboard.Stop(), Is.Zero, dashboard.ToString());
    }

    [Test]
    public async Task Demo_CtrlC_EndsItCleanly()
    {
        LeptonProcess.NeedsCtrlC();
        using var demo = LeptonProcess.Start(new Dictionary<string, string> { ["TMPDIR"] = _folder }, "demo", "--no-dashboard");
        await demo.Says("learning a quiet", TimeSpan.FromSeconds(60));

        Assert.That(await demo.CtrlC(), Is.EqualTo(130), demo.ToString());
        Assert.That(demo.Error, Is.EqualTo("lepton: stopped before it was done\n"));
        Assert.That(Directory.EnumerateFileSystemEntries(_folder, "lepton-demo-*"), Is.Empty, "nothing is left behind");
    }

    [TestCase("notifier", "--routing", "route: {receiver: ops}\nreceivers: [{name: ops}]\n", "route: &r {receiver: ops, routes: [*r]}\n",
        "Routing ")]
    [TestCase("detector", "--policies", "{}\n", "rules: &r [{ignore: true}, *r]\n", "Policies ")]
    public async Task Worker_Sighup_ReadsItsFileAgainAndSaysSo(string role, string flag, string sound, string wrong, string start)
    {
        var file = Path.Combine(_folder, "file.yaml");
        await File.WriteAllTextAsync(file, sound);
        _broker.CreateTopics(_topics, 1);
        using var worker = LeptonProcess.Start(
            Environment(), role, "--bootstrap-servers", _broker.BootstrapServers, flag, file);
        await worker.Says("Partitions assigned", TimeSpan.FromSeconds(60));

        await File.WriteAllTextAsync(file, wrong);
        worker.Reload();
        await worker.Says("it would never end");
        Assert.That(worker.Error, Does.Contain("refused"));
        await File.WriteAllTextAsync(file, sound);
        worker.Reload();
        await Eventually.True(() =>
            worker.Error.LastIndexOf(start, StringComparison.Ordinal) > worker.Error.LastIndexOf("refused", StringComparison.Ordinal),
            "the sound file is in force");

        Assert.That(await worker.Stop(), Is.Zero, worker.ToString());
    }

    [Test]
    public async Task Notifier_TimeoutThatCannotBeKept_EndsWithExitCode2AndNamesTheSetting()
    {
        var file = Path.Combine(_folder, "routing.yaml");
        await File.WriteAllTextAsync(file,
            "route: {receiver: ops}\nreceivers:\n- name: ops\n  webhook_configs:\n  - {url: 'http://a', timeout: 40d}\n");

        var result = await LeptonProcess.Run("notifier", "--bootstrap-servers", _broker.BootstrapServers, "--routing", file);

        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Error, Does.Contain($"{file}:5: receivers[0].webhook_configs[0].timeout is '40d': it must be from 100ms to 5m"));
    }

    [Test]
    public async Task Detector_Process_PublishesAlertsThatWatchShows()
    {
        _broker.CreateTopics(_topics, 2);
        using var probe = new TopicProbe(new() { BootstrapServers = _broker.BootstrapServers });
        using var detector = LeptonProcess.Start(Environment(), "detector", "--bootstrap-servers", _broker.BootstrapServers);
        using var watch = LeptonProcess.Start("watch", "--bootstrap-servers", _broker.BootstrapServers);
        await watch.Says("watching");

        probe.Produce(_topics.Metrics, 1, MetricStream.Of("llama", 250, i => i is >= 200 and < 210 ? 900 : null));

        await watch.Says("opened   critical");
        await watch.Says("resolved critical");
        Assert.That(await detector.Stop(), Is.Zero);
        Assert.That(detector.Output, Is.Empty, "the log goes to standard error");
    }

    [Test]
    public async Task Detector_InAContainer_LogsJson()
    {
        _broker.CreateTopics(_topics, 1);
        using var detector = LeptonProcess.Start(
            new Dictionary<string, string>(Environment()) { ["DOTNET_RUNNING_IN_CONTAINER"] = "true" }, "detector", "--bootstrap-servers",
            _broker.BootstrapServers);

        await detector.Says("Partitions assigned");
        Assert.That(await detector.Stop(), Is.Zero);
        Assert.That(detector.Error.TrimEnd().Split('\n'), Is.All.StartsWith("{\"Timestamp\":\""));
    }

    [Test]
    public async Task Detector_WithAnOtlpEndpoint_SendsItsMetricsAndSpansThere()
    {
        _broker.CreateTopics(_topics, 1);
        using var probe = new TopicProbe(new() { BootstrapServers = _broker.BootstrapServers });
        probe.Produce(_topics.Metrics, 0, MetricStream.Of("llama", 20));
        var bodies = new List<string>();
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using var collector = builder.Build();
        collector.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body, System.Text.Encoding.Latin1);
            var body = await reader.ReadToEndAsync();
            lock (bodies) bodies.Add(context.Request.Path + body);
        });
        await collector.StartAsync();

        using var detector = LeptonProcess.Start(
            new Dictionary<string, string>(Environment())
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Urls.Single(),
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
            },
            "detector", "--bootstrap-servers", _broker.BootstrapServers);

        await Eventually.True(() => Sent("leptonstream.detector.samples"), "the counter of samples exported", TimeSpan.FromSeconds(60));
        Assert.That(await detector.Stop(), Is.Zero);
        Assert.That(bodies, Has.Some.StartsWith("/v1/metrics").And.Contains("lepton-detector"));
        Assert.That(bodies, Has.Some.StartsWith("/v1/traces").And.Contains("process lepton.metrics"),
            "what is left is sent before the end");

        bool Sent(string name)
        {
            lock (bodies) return bodies.Any(body => body.Contains(name, StringComparison.Ordinal));
        }
    }

    // A journal of its own, and one member of the group: the embedded broker takes a session to give a second one its share.
    private Dictionary<string, string> Environment() => new()
    {
        ["LEPTON_Storage__ConnectionString"] = $"Data Source={Path.Combine(_folder, "journal.db")}",
        ["LEPTON_Detector__Loops"] = "1",
    };

    private async Task<(HttpStatusCode Status, string Text)> Ask(int port, string probe)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri($"http://127.0.0.1:{port}/healthz/{probe}"));
            return (response.StatusCode, await response.Content.ReadAsStringAsync());
        }
        catch (HttpRequestException)
        {
            return (0, "");
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
