using LeptonStream.Detection.Habits;
using LeptonStream.Detection.Policies;

namespace LeptonStream.Explanations;

/// <summary>The sentences about bursts that did not come and totals that nobody declared, in English.</summary>
internal static class EnglishHabitText
{
    /// <summary>What is wrong, to follow the name of the metric.</summary>
    public static string Missed(MissedBurst missed, string? unit) =>
        $" lacks its {(missed.IsDaily ? "daily" : "weekly")} burst: about {Numbers.Show(missed.Peak, unit)} was due at "
            + $"{Numbers.Clock(missed.Due)}";

    /// <summary>Why that is an alert.</summary>
    public static string Reason(MissedBurst missed) =>
        $"The burst came at this hour {(missed.IsDaily ? "on each of the last three days" : "in each of the last three weeks")}. "
            + "The job behind it may not have run. The alert closes after the burst comes, or a day later at the latest.";

    /// <summary>The end of the alert.</summary>
    public const string Over = "The burst came, or a day went by, so this alert is closed.";

    /// <summary>A sentence where the metric was taken as a counter; else nothing.</summary>
    public static string Total(AlertFacts facts) => facts.Policy.TypeOrigin == TypeOrigin.Found
        ? " The metric is judged as a rate: it only rose until it began again near 0, as a total does. "
            + "A rule with type: gauge or type: counter decides it."
        : "";
}
