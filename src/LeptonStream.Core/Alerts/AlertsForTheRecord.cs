namespace LeptonStream.Alerts;

/// <summary>
/// Alerts that notify nobody and start nothing unless somebody asks for them: a gap in a detector's knowledge, a change by a verdict.
/// </summary>
public static class AlertsForTheRecord
{
    /// <summary>Whether alerts of this <c>alertname</c> are such.</summary>
    public static bool Has(string? alertName) => alertName is StateGapNames.AlertName or VerdictNames.AlertName;
}
