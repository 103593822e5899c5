using LeptonStream.Alerts;
using LeptonStream.Samples;

namespace LeptonStream.Backtest;

/// <summary>One alert of a backtest, from its opening to its end.</summary>
/// <param name="Opened">Its first event, on the file's own clock.</param>
/// <param name="Severity">The highest that it had.</param>
/// <param name="Score">The highest that it had; 1.0 is the alert threshold.</param>
/// <param name="EndedAt">Time of its end; null where it is still open at the last row.</param>
internal sealed record Finding(AlertEvent Opened, AlertSeverity Severity, double Score, Timestamp? EndedAt);

/// <summary>Gathers the events of a backtest into findings.</summary>
/// <param name="shift">Lead of the pipeline's clock over the file's.</param>
internal sealed class FindingLog(TimeSpan shift)
{
    private readonly List<Finding> _findings = [];
    private readonly Dictionary<string, int> _indexes = [];

    /// <summary>In the order in which they opened.</summary>
    public IReadOnlyList<Finding> Findings => _findings;

    public void Take(AlertEvent alert)
    {
        if (!_indexes.TryGetValue(alert.AlertId, out var index))
        {
            _indexes[alert.AlertId] = _findings.Count;
            _findings.Add(new(alert with { Onset = alert.Onset - shift, DetectedAt = alert.DetectedAt - shift }, alert.Severity,
                alert.Score, null));
            return;
        }

        var before = _findings[index];
        _findings[index] = before with
        {
            Severity = alert.Severity > before.Severity ? alert.Severity : before.Severity,
            Score = Math.Max(before.Score, alert.Score),
            EndedAt = alert.Type == AlertEventType.Resolved ? alert.DetectedAt - shift : before.EndedAt,
        };
    }
}
