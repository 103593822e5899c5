using LeptonStream.Alerts;
using LeptonStream.Series;

namespace LeptonStream.Simulator;

/// <summary>
/// Compares alerts with the script. Strict: a fault is found only by an alert that opens on one of its symptoms between its onset and its
/// end, or by an early warning that stands until the fault ends or the limit is reached. An alert on a declared consequence, or while
/// things settle, counts with its fault. Every other alert is false, in the quiet first half too.
/// </summary>
internal sealed class Verdicts(Story story, FaultScript script, QuietEvents quiet)
{
    private readonly Dictionary<FaultKind, List<(string AlertId, Verdict Verdict)>> _found = [];
    private readonly Dictionary<string, Warning> _warnings = [];
    private readonly HashSet<string> _withdrawn = [];
    private readonly HashSet<string> _open = [];
    private readonly List<FalseAlert> _false = [];

    /// <summary>One per fault, in the order of the script.</summary>
    public IReadOnlyList<Verdict> Faults => [.. script.Faults.Select(Of)];

    public IReadOnlyList<FalseAlert> FalseAlerts => _false;

    /// <summary>Alerts that are neither a find nor false: consequences of a fault, or traces of it while things settle.</summary>
    public int Consequences { get; private set; }

    /// <summary>Alerts that opened and are not resolved.</summary>
    public int Open => _open.Count;

    /// <summary>All events taken in.</summary>
    public int Events { get; private set; }

    /// <summary>Takes in one event of the alerts topic.</summary>
    public void Take(AlertEvent alert)
    {
        Events++;
        if (alert.Type == AlertEventType.Resolved) Close(alert);
        if (alert.Type is not (AlertEventType.Opened or AlertEventType.EarlyWarning) || !_open.Add(alert.AlertId)) return;

        var elapsed = alert.DetectedAt - story.Start;
        // An entity's alert is about the metrics that it names.
        IReadOnlyList<string> metrics = alert.Contributors is { } contributors ? [.. contributors.Select(c => c.Metric)] : [alert.Metric];
        var fault = script.Faults.LastOrDefault(f =>
            elapsed >= f.Onset && elapsed < f.Settled && metrics.Any(metric => f.Touches(alert.Model, metric, alert.Labels)));
        var series = new SeriesKey(alert.Model, alert.Metric, alert.Labels).ToString();
        if (fault is null) _false.Add(new(elapsed, series, alert.Detectors[0].Name, alert.Score, quiet.Near(alert.Model, elapsed)));
        else if (elapsed < fault.End && metrics.Any(metric => fault.ShowsIn(alert.Model, metric, alert.Labels)))
            Find(fault, alert, elapsed, series);
        else Consequences++;
    }

    private void Find(Fault fault, AlertEvent alert, TimeSpan elapsed, string series)
    {
        var delay = elapsed - fault.Onset;
        if (!_found.TryGetValue(fault.Kind, out var finds)) _found[fault.Kind] = finds = [];
        finds.Add((alert.AlertId, new(fault, (int)Math.Round(delay / story.Interval), delay, alert.Detectors[0].Name, series)));
        if (alert.EarlyWarning is { } breach)
            _warnings[alert.AlertId] = new(fault, breach.Limit, IsRising: alert.Value is not { } value || value < breach.Limit);
    }

    // A warning that ends while the fault goes on toward the limit said that all is well.
    private void Close(AlertEvent alert)
    {
        _open.Remove(alert.AlertId);
        if (!_warnings.Remove(alert.AlertId, out var warning)) return;
        if (alert.DetectedAt - story.Start < warning.Fault.End && !warning.IsReached(alert.Value)) _withdrawn.Add(alert.AlertId);
    }

    private Verdict Of(Fault fault)
    {
        foreach (var (alert, verdict) in _found.GetValueOrDefault(fault.Kind, []))
            if (!_withdrawn.Contains(alert)) return verdict;
        return new(fault, null, null, null, null);
    }

    private readonly record struct Warning(Fault Fault, double Limit, bool IsRising)
    {
        public bool IsReached(double? value) => IsRising ? value >= Limit : value <= Limit;
    }
}
