using LeptonStream.Detection.Engines;

namespace LeptonStream.Explanations;

/// <summary>The sentences about engines that have work and make no progress, in English.</summary>
internal static class EnglishEngineText
{
    /// <summary>Why that is an alert.</summary>
    public const string Reason = "The engine's tokens, steps, finished requests and prompts have stood still for longer than its usual "
        + "pauses under load. Long prefills pause too; the rule allows for the pauses seen before. The alert closes when the rate is back.";

    /// <summary>The end of the alert, to follow the name of the metric.</summary>
    public const string Over = " moves again: the engine makes progress, or was restarted";

    /// <summary>What is wrong, to follow the name of the metric.</summary>
    public static string Hangs(AlertFacts facts) => facts.Hang is { } hang
        ? $" has stood still since {Numbers.Clock(hang.Since)}{Work(hang)}: the engine makes no progress"
        : " stands still: the engine makes no progress";

    /// <summary>The same of an alert that goes on.</summary>
    public static string Continued(AlertFacts facts) => facts.Hang is { } hang
        ? $" has still not moved since {Numbers.Clock(hang.Since)}{Work(hang)}: the engine makes no progress"
        : " no longer stands still under load; the alert closes when its rate is back";

    private static string Work(EngineHang hang) =>
        hang.Work is { } metric ? $" while {metric} is at {Numbers.Show(hang.Requests, null)}" : "";
}
