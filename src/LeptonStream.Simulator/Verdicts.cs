using LeptonStream.Alerts;
using LeptonStream.Series;

namespace LeptonStream.Simulator;

/// <summary>
/// Compares alerts with the script. Strict: a fault is found only by an alert, or an early warning, that opens on one of its symptoms between its onset and its end;
/// one that opens on a consequence, or while things settle, is neither a find nor false; any other is false, those of the quiet first half too.
/// </summary>
internal sealed class Verdicts(Story story, FaultScript script, QuietEvents quiet)
{
    private readonly Dictionary<FaultKind, Verdict> _found = [];
    private readonly HashSet<string> _open = [];
    private readonly List<FalseAlert> _false = [];

    /// <summary>One per fault, in the order of the script.</summary>
    public IReadOnlyList<Verdict> Faults => [.. script.Faults.Select(f => _found.GetValueOrDefault(f.Kind) ?? new(f, null, null, null, null))];

    public IReadOnlyList<FalseAlert> FalseAlerts => _false;

    /// <summary>Alerts that opened and are not resolved.</summary>
    public int Open => _open.Count;

    /// <summary>All events taken in.</summary>
    public int Events { get; private set; }

    /// <summary>Takes in one event of the alerts topic.</summary>
    public void Take(AlertEvent alert)
    {
        Events++;
        if (alert.Type == AlertEventType.Resolved) _open.Remove(alert.AlertId);
        if (alert.Type is not (AlertEventType.Opened or AlertEventType.EarlyWarning) || !_open.Add(alert.AlertId)) return;

        var elapsed = alert.DetectedAt - story.Start;
        // An entity's alert is about the metrics that it names.
        IReadOnlyList<string> metrics = alert.Contributors is { } contributors ? [.. contributors.Select(c => c.Metric)] : [alert.Metric];
        var fault = script.Faults.LastOrDefault(f => elapsed >= f.Onset && elapsed < f.Settled && metrics.Any(metric => f.Touches(alert.Model, metric, alert.Labels)));
        var series = new SeriesKey(alert.Model, alert.Metric, alert.Labels).ToString();
        var detector = alert.Detectors[0].Name;
        if (fault is null) _false.Add(new(elapsed, series, detector, alert.Score, quiet.Near(alert.Model, elapsed)));
        else if (elapsed < fault.End && metrics.Any(metric => fault.ShowsIn(alert.Model, metric, alert.Labels)))
        {
            var delay = elapsed - fault.Onset;
            _found.TryAdd(fault.Kind, new(fault, (int)Math.Round(delay / story.Interval), delay, detector, series));
        }
    }
}
