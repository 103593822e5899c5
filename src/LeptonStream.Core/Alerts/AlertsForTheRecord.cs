using LeptonStream.Series;

namespace LeptonStream.Alerts;

/// <summary>
/// Alerts that notify nobody and start nothing unless somebody asks for them: a gap in a detector's knowledge, a change by a verdict, and
/// whatever a detector calls <c>info</c>.
/// </summary>
public static class AlertsForTheRecord
{
    private const string Own = "LeptonStream";

    /// <summary>Whether alerts of this <c>alertname</c> are such.</summary>
    public static bool Has(string? alertName) => alertName is StateGapNames.AlertName or VerdictNames.AlertName;

    /// <summary>
    /// Whether a detector calls an alert with these labels <c>info</c>, as one for which the model's warning budget has no room. Alerts
    /// that other programs send have severities of their own.
    /// </summary>
    public static bool IsInfo(LabelSet labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return labels["severity"] == "info" && labels["alertname"] is { } name && name.StartsWith(Own, StringComparison.Ordinal);
    }
}
