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

/// <summary>A host's detector without the rest of an edge, and a series that steps up for an hour.</summary>
internal sealed class LiveHost : IDisposable
{
    public const int Trouble = 420;

    private static readonly DateTimeOffset Begin = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    private readonly EdgeRig _rig = new();
    private readonly FakeTimeProvider _time;
    private IHost _host;
    private int _minute;

    /// <param name="minute">The minute in which it begins.</param>
    /// <param name="prepare">Fills the folder before anything reads it; may be null.</param>
    public LiveHost(int minute = 0, Action<string>? prepare = null)
    {
        _minute = minute;
        _time = new(Begin.AddMinutes(minute));
        Clock = new(_time);
        prepare?.Invoke(Folder);
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
