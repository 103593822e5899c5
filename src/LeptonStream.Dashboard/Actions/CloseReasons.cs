namespace LeptonStream.Dashboard.Actions;

/// <summary>The reasons for which a person may close an alert.</summary>
public static class CloseReasons
{
    /// <summary>The new level is the usual one.</summary>
    public const string Accepted = "accepted";

    public static readonly IReadOnlyList<string> All = ["fixed", Accepted, "false_alarm", "duplicate"];
}
