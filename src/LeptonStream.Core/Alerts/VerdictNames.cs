namespace LeptonStream.Alerts;

/// <summary>The names under which a change by a person's verdict is an event of the alerts topic (docs/events.md).</summary>
public static class VerdictNames
{
    /// <summary>The <c>alertname</c>.</summary>
    public const string AlertName = "LeptonStreamVerdict";

    /// <summary>The label <c>kind</c>, and the name among the detectors.</summary>
    public const string Kind = "verdict";
}
