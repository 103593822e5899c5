using LeptonStream.Detection.Engines;

namespace LeptonStream.Explanations;

/// <summary>The sentences about engines that have work and make no progress, in English.</summary>
internal static class EnglishEngineText
{
    /// <summary>Why that is an alert.</summary>
    public const string Reason = "Neither tokens nor steps, answers or prompts have moved for longer than this engine usually pauses over "
        + "work. A long prefill pauses, too: twice the longest pause seen so far was waited for. The alert closes when progress is seen.";

    /// <summary>The end of the alert, to follow the name of the metric.</summary>
    public const string Over = " moves again: the engine makes progress, or has begun again";

    /// <summary>What is wrong, to follow the name of the metric.</summary>
    public static string Hangs(AlertFacts facts) => facts.Hang is { } hang
        ? $" has stood still since {Numbers.Clock(hang.Since)}{Work(hang)}: the engine makes no progress"
        : " stands still: the engine makes no progress";

    /// <summary>The same of an alert that goes on.</summary>
    public static string Continued(AlertFacts facts) => facts.Hang is { } hang
        ? $" still stands still, since {Numbers.Clock(hang.Since)}{Work(hang)}: the engine makes no progress"
        : " moves again, and the alert closes if that lasts";

    private static string Work(EngineHang hang) =>
        hang.Work is { } metric ? $" while {metric} is at {Numbers.Show(hang.Requests, null)}" : "";
}
