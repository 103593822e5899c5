using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using LeptonStream.Collector.Edge;
using LeptonStream.Collector.Edge.Local;
using LeptonStream.Collector.Edge.Spooling;
using LeptonStream.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LeptonStream.Roles.Tests.Collector.Edge;

/// <summary>No alert of a host outlives the state that knows it: it ends once, whatever becomes of clock and disk.</summary>
[Parallelizable]
public sealed class OpenAlertTests
{
    private const int Trouble = 420;
    private static readonly DateTimeOffset Begin = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    [TestCase(null)]
    [TestCase("saved")]
    [TestCase("not saved")]
    public void Judge_AfterTheClockWasSetBack_EndsOpenAlertsAndSaysWhy(string? restart)
    {
        using var host = new Host();
        host.Live(Trouble + 30);
        var open = host.Open.Single();
        if (restart == "saved") host.Detector.Save();
        if (restart is not null) host.Restart();

        host.Clock.Ahead = TimeSpan.FromDays(-1);
        host.Live(1);
        Assert.That(host.Ends(open), Is.EqualTo((string[])["superseded"]));
        Assert.That(host.Open, Has.Count.EqualTo(1), "that of the gap");
        var gap = host.Alerts.Single(alert => (string?)alert["metric"] == "state" && (string?)alert["type"] == "opened");
        Assert.That((string?)gap["explanation"]!["en"]!["description"], Does.Contain("the clock of this host was set back by 0.23:59:00"));

        // Judged again, from before the step and from behind it: nothing is said twice.
        host.Restart();
        host.Live(5);
        host.Detector.Save();
        host.Restart();
        host.Live(40);
        Assert.That(host.Ends(open), Has.Count.EqualTo(1));
        Assert.That(host.Open, Is.Empty, "the gap is over");
        Assert.That(host.Alerts.Select(alert => (string?)alert["id"]), Is.Unique);
    }

    // The detector's state is damaged. Where the samples are there still it learns the alert again, and else the alert ends.
    [TestCase(false, false)]
    [TestCase(true, false)]
    [TestCase(true, true)]
    public void Begin_StateThatIsLost_EndsAlertsThatNobodyKnowsAnyMore(bool areSamplesGone, bool areAlertsDelivered)
    {
        using var host = new Host();
        host.Live(Trouble + 30);
        var open = host.Open.Single();
        host.Detector.Save();
        host.Stop();
        File.WriteAllText(Path.Combine(host.Folder, "detector.state"), "nothing");
        if (areSamplesGone) Directory.Delete(Path.Combine(host.Folder, "samples"), recursive: true);
        if (areAlertsDelivered) Directory.Delete(Path.Combine(host.Folder, "alerts"), recursive: true);

        host.Restart();
        host.Live(2);
        if (areSamplesGone)
        {
            Assert.That(host.Ends(open), Is.EqualTo((string[])["superseded"]));
            return;
        }

        Assert.That(host.Ends(open), Is.Empty, "it goes on");
        host.Live(90);
        Assert.That(host.Ends(open), Is.EqualTo((string[])["recovered"]));
        Assert.That(host.Alerts.Select(alert => (string?)alert["metric"]), Has.None.EqualTo("state"));
    }

    [Test]
    public void Trim_AlertsThatAreDelivered_StayUntilAStartKnowsThemOtherwise()
    {
        using var host = new Host();
        host.Live(Trouble + 30);
        Assert.That(host.Detector.AlertsSavedTo, Is.Zero);
        host.Detector.Save();
        Assert.That(host.Detector.AlertsSavedTo, Is.Positive);
        Assert.That(File.ReadLines(Path.Combine(host.Folder, "alerts.open")).Count(), Is.EqualTo(1));
    }

    /// <summary>A host's detector without the rest of an edge, and a series that steps up for an hour.</summary>
    private sealed class Host : IDisposable
    {
        private readonly EdgeRig _rig = new();
        private readonly FakeTimeProvider _time = new(Begin);
        private IHost _host;
        private int _minute;

        public Host()
        {
            Clock = new(_time);
            Troubles = new(NullLogger.Instance, Clock);
            _host = _rig.Build(Clock);
        }

        public OddClock Clock { get; }

        public TroubleLog Troubles { get; }

        public string Folder => Path.Combine(_rig.Folder, "spool");

        public LocalDetector Detector => _host.Services.GetRequiredService<LocalDetector>();

        /// <summary>The events of all alerts that the spool has, in order.</summary>
        public List<JsonNode> Alerts
        {
            get
            {
                var records = new List<SpoolRecord>();
                for (var reader = _host.Services.GetRequiredService<EdgeFolder>().Alerts.ReadFrom(0); reader.Read(records, 100) > 0;) { }
                return [.. records.SelectMany(AlertRecords.EventsOf).Select(line => JsonNode.Parse(line.Span)!["data"]!)];
            }
        }

        /// <summary>The alerts that have an event and no end.</summary>
        public List<string> Open => [.. Alerts.GroupBy(alert => (string)alert["alertId"]!)
            .Where(events => events.All(each => (string?)each["type"] != "resolved")).Select(events => events.Key)];

        public List<string> Ends(string alert) => [.. Alerts
            .Where(each => (string?)each["alertId"] == alert && each["endedReason"] is not null)
            .Select(each => (string)each["endedReason"]!)];

        public void Live(int minutes)
        {
            while (Detector.Judge(Troubles)) { }
            for (; minutes > 0; minutes--, _minute++)
            {
                var now = Clock.GetUtcNow().ToUnixTimeMilliseconds();
                var value = 200 + (10 * Math.Sin(_minute * 0.7)) + (_minute is >= Trouble and < Trouble + 60 ? 400 : 0);
                var record = string.Create(CultureInfo.InvariantCulture,
                    $$$"""{"model":"m","ts":{{{now}}},"metrics":{"ttft_p99_ms":{{{value}}}}}""");
                _host.Services.GetRequiredService<EdgeFolder>().Samples.Append(now, "m"u8, Encoding.UTF8.GetBytes(record));
                Detector.Judge(Troubles);
                _time.Advance(TimeSpan.FromMinutes(1));
            }
        }

        public void Stop() => _host.Dispose();

        public void Restart()
        {
            _host.Dispose();
            _host = _rig.Build(Clock);
        }

        public void Dispose()
        {
            _host.Dispose();
            _rig.Dispose();
        }
    }
}
