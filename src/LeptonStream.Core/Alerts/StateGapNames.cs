namespace LeptonStream.Alerts;

/// <summary>The names under which a gap in a detector's knowledge is an alert (docs/events.md).</summary>
public static class StateGapNames
{
    /// <summary>The <c>alertname</c>.</summary>
    public const string AlertName = "LeptonStreamStateGap";

    /// <summary>The label <c>kind</c>, and the name among the detectors.</summary>
    public const string Kind = "state_gap";

    /// <summary>The metric; the model is the input topic, and a label tells the partition.</summary>
    public const string Metric = "state";
}
