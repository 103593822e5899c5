using System.Diagnostics;
using LeptonStream.Alerts;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>The real program <c>lepton notifier</c> on PostgreSQL, ended with SIGKILL.</summary>
public sealed class NotifierProcessTests
{
    private NotifierRig _rig = null!;
    private string _connectionString = null!;
    private Process? _process;

    [SetUp]
    public async Task MakeRig()
    {
        _connectionString = await (await PostgresServer.Shared()).CreateDatabase();
        _rig = await NotifierRig.CreateOn(_connectionString);
    }

    [TearDown]
    public async Task RemoveRig()
    {
        await Kill();
        _process?.Dispose();
        if (_rig is not null) await _rig.DisposeAsync();
    }

    [Test]
    public async Task Kill_WhileAGroupWaits_TheTimerGoesOnAfterTheRestart()
    {
        Start("4s", "30s");
        _rig.Publish(0, AlertEvents.Opened("latency"));
        await _rig.Recorded(1);
        var recorded = await _rig.Scalar<long>("select recorded_at from alert_event");
        await Kill();

        Start("4s", "30s");
        await _rig.Sink.Receives(1);

        // The group is not new for the new process: it is told when it was due, and not a whole wait after the restart.
        Assert.That(_rig.Sink.Calls.Single().At - DateTimeOffset.FromUnixTimeMilliseconds(recorded),
            Is.InRange(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(9)));
        Assert.That(_rig.Sink.Calls.Single().Reason, Is.EqualTo("first notification"));
    }

    [Test]
    public async Task Kill_AgainAndAgain_EveryEventIsRecordedOnceAndEveryToldAlertGetsItsEnd()
    {
        const int Kills = 4, Alerts = 30;
        var random = new Random(7);
        Start("200ms", "500ms");
        for (var round = 0; round <= Kills; round++)
        {
            for (var i = 0; i < Alerts; i++) Publish(AlertEvents.Opened($"r{round}-{i}", round, AlertSeverity.Warning, $"model{i % 4}"));
            await _rig.Recorded((2 * Alerts * round) + 1);
            await Task.Delay(random.Next(100, 900));
            for (var i = 0; i < Alerts; i++)
                Publish(AlertEvents.Resolved($"r{round}-{i}", round + 0.5, AlertSeverity.Warning, $"model{i % 4}"));
            if (round == Kills) break;
            await Task.Delay(random.Next(0, 300));
            await Kill();
            Start("200ms", "500ms");
        }

        await _rig.Recorded(2 * Alerts * (Kills + 1));
        await Eventually.True(() =>
            _rig.Scalar<long>(
            "select (select count(*) from alert_group) + (select count(*) from notification where status = 'pending')").Result == 0,
            "all is told", TimeSpan.FromSeconds(120));

        Assert.That(await _rig.Scalar<long>("select count(*) from alert_event"), Is.EqualTo(2 * Alerts * (Kills + 1)));
        Assert.That(await _rig.Scalar<long>("select count(*) from alert where status <> 'resolved'"), Is.Zero);
        var distinct = _rig.Sink.Calls.DistinctBy(call => call.Id).ToArray();
        Assert.That(distinct, Has.Length.EqualTo(
            await _rig.Scalar<long>("select count(*) from notification where status = 'sent' and channel = 'webhook/0'")));
        foreach (var repeated in _rig.Sink.Calls.GroupBy(call => call.Id).Where(calls => calls.Count() > 1))
            Assert.That(repeated.Select(call => call.Body.GetRawText()).Distinct().Count(), Is.EqualTo(1),
                "the same id is the same message");
        var fired = distinct.SelectMany(call => call.Metrics("firing")).ToHashSet();
        var ended = distinct.SelectMany(call => call.Metrics("resolved")).ToHashSet();
        Assert.That(fired.Except(ended), Is.Empty);
        Assert.That(fired, Is.Not.Empty);
        TestContext.Out.WriteLine(
            $"{Kills} kills, {distinct.Length} notifications, {_rig.Sink.Calls.Count - distinct.Length} of them sent twice");

        void Publish(AlertEvent alert) => _rig.Publish(Math.Abs(alert.Model.GetHashCode(StringComparison.Ordinal)) % 2, alert);
    }

    private void Start(string groupWait, string groupInterval)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "lepton.dll"), "notifier"])
            { RedirectStandardOutput = true, RedirectStandardError = true };
        (string Name, string Value)[] settings =
        [
            ("Kafka__BootstrapServers", _rig.Options.BootstrapServers), ("Kafka__SessionTimeoutMs", "6000"),
            ("Storage__ConnectionString", _connectionString),
            ("Notifier__WebhookUrl", _rig.Sink.Url()), ("Notifier__AllowedTargets", "loopback"),
            ("Notifier__GroupWait", groupWait), ("Notifier__GroupInterval", groupInterval),
        ];
        foreach (var (name, value) in settings) start.Environment[$"LEPTON_{name}"] = value;
        var output = TestContext.Out;
        _process?.Dispose();
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += Show;
        _process.ErrorDataReceived += Show;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        void Show(object sender, DataReceivedEventArgs line)
        {
            lock (output) output.WriteLine(line.Data);
        }
    }

    private async Task Kill()
    {
        if (_process is not { HasExited: false } process) return;
        process.Kill();
        await process.WaitForExitAsync();
    }
}
