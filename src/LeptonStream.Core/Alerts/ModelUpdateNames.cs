namespace LeptonStream.Alerts;

/// <summary>The names under which a change of a model's version is an event of the alerts topic (docs/model-updates.md).</summary>
public static class ModelUpdateNames
{
    /// <summary>The <c>alertname</c>.</summary>
    public const string AlertName = "LeptonStreamModelUpdate";

    /// <summary>The label <c>kind</c>, and the name among the detectors.</summary>
    public const string Kind = "model_update";

    /// <summary>The metric, the label of the new version, and the label by which producers say theirs.</summary>
    public const string Version = "model_version";

    /// <summary>The label of the version before.</summary>
    public const string Previous = "previous_version";

    /// <summary>The label of the verdict.</summary>
    public const string Verdict = "verdict";

    /// <summary>The wire name of a verdict: <c>unknown</c>, <c>same</c>, <c>better</c>, <c>changed</c>, <c>worse</c>.</summary>
    public static string NameOf(UpdateVerdict verdict) => verdict switch
    {
        UpdateVerdict.Unknown => "unknown",
        UpdateVerdict.Same => "same",
        UpdateVerdict.Better => "better",
        UpdateVerdict.Changed => "changed",
        UpdateVerdict.Worse => "worse",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };

    /// <summary>The wire name of a method: <c>before</c>, <c>day_before</c>, <c>side_by_side</c>.</summary>
    public static string NameOf(UpdateMethod method) => method switch
    {
        UpdateMethod.Before => "before",
        UpdateMethod.DayBefore => "day_before",
        UpdateMethod.SideBySide => "side_by_side",
        _ => throw new ArgumentOutOfRangeException(nameof(method)),
    };
}
