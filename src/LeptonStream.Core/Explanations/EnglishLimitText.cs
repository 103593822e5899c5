using LeptonStream.Alerts;
using LeptonStream.Detection.EarlyWarning;

namespace LeptonStream.Explanations;

/// <summary>The explanation of an early warning in English: fixed sentences, filled with the facts of the story.</summary>
internal static class EnglishLimitText
{
    public static Explanation Explain(LimitFacts story) => new(Summary(story), Description(story), Actions(story));

    private static string Summary(LimitFacts story)
    {
        var where = LabelText.InEnglish(story.Key.Labels);
        var reach = story.Limit.IsFloor ? "fall to" : "reach";
        return $"{story.Key.Metric} of {story.Key.Model}{where}" + (story.Change switch
        {
            LimitChange.Warned => $" will {reach} its limit of {Limit(story)} in about {Durations.InEnglish(story.Left)}: now {Value(story)}",
            LimitChange.Moved => $" is now expected to {reach} its limit of {Limit(story)} in about {Durations.InEnglish(story.Left)}: now {Value(story)}",
            LimitChange.Reached => $" has reached its limit of {Limit(story)}: {Value(story)}",
            LimitChange.Receded => $" is away from its limit of {Limit(story)} again: {Value(story)}",
            _ => $" is no longer on its way to its limit of {Limit(story)}: {Value(story)}",
        });
    }

    private static string Description(LimitFacts story)
    {
        var what = story.Preset is { } preset ? char.ToUpperInvariant(preset.English[0]) + preset.English[1..] : "It";
        var course = $"{what} has been {(story.Limit.IsFloor ? "falling" : "growing")} since {Numbers.Clock(story.Onset)}. ";
        return story.Change switch
        {
            LimitChange.Warned or LimitChange.Moved => $"{course}If it goes on so, the limit is reached at {Numbers.Clock(story.Breach.At)}, most likely between {Numbers.Clock(story.Breach.Earliest)} and {Numbers.Clock(story.Breach.Latest)}.",
            LimitChange.Reached => $"{course}What this warning told of has come: the limit is reached.",
            LimitChange.Receded => $"{what} has stayed clear of the limit for several samples, so this warning is closed.",
            _ => $"{what} has stopped {(story.Limit.IsFloor ? "falling" : "growing")} towards the limit, or has turned back, so this warning is withdrawn.",
        };
    }

    private static string[] Actions(LimitFacts story) => story.Change is LimitChange.Withdrawn or LimitChange.Receded ? ["Nothing to do now; look at the chart if it comes back."] : story.Kind switch
    {
        LimitKind.Memory => ["See what grew at the onset: traffic, context length, or requests that are never released.", "Add a replica or move traffic away before the limit.", "Restart one replica before the limit, then find the leak."],
        LimitKind.Disk => ["Find what writes: checkpoints, logs, caches, core dumps.", "Delete or move old checkpoints, or enlarge the volume.", "Stop the writer before the disk is full: a write that fails may lose a checkpoint."],
        LimitKind.Queue => ["Compare what comes in with what is finished per second.", "Add replicas or shed load.", "See whether the engine still makes progress."],
        LimitKind.Thermal => ["Check fans, inlet temperature and power limit of the host.", "Lower the power limit or move work away before clocks are throttled."],
        _ => ["See what changed at the onset.", "Make room or raise the limit before the expected time."],
    };

    private static string Value(LimitFacts story) => Numbers.Show(story.Sample.Value, story.Unit);

    private static string Limit(LimitFacts story) => Numbers.Show(story.Limit.Value, story.Unit);
}
