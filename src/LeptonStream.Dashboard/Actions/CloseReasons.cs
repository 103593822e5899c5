namespace LeptonStream.Dashboard.Actions;

/// <summary>The reasons for which a person may close an alert.</summary>
public static class CloseReasons
{
    public static readonly IReadOnlyList<string> All = ["fixed", "accepted", "false_alarm", "duplicate"];
}
