using LeptonStream.Alerts;
using LeptonStream.Detection.EarlyWarning;
using LeptonStream.Detection.Lifecycle;

namespace LeptonStream.Explanations;

/// <summary>The explanation of an early warning in English: fixed sentences, filled with the facts.</summary>
internal static class EnglishLimitText
{
    private const string NearEnough = "So close to the limit counts as reached.";

    public static Explanation Explain(LimitFacts facts) => new(Summary(facts), Description(facts), Actions(facts));

    private static string Summary(LimitFacts facts)
    {
        var reach = facts.Limit.IsFloor ? "fall to" : "reach";
        var (value, limit) = Numbers.Pair(facts.Sample.Value, facts.Limit.Value, facts.Unit);
        return $"{facts.Key.Metric} of {facts.Key.Model}{LabelText.InEnglish(facts.Key.Labels)}" + (facts.Change switch
        {
            LimitChange.Warned => $" will {reach} its limit of {limit} in about {Durations.InEnglish(facts.Left)}: now {value}",
            LimitChange.Moved =>
                $" is now expected to {reach} its limit of {limit} in about {Durations.InEnglish(facts.Left)}: now {value}",
            LimitChange.Going when facts.IsReached => $" is still {At(facts)} its limit of {limit}: {value}",
            LimitChange.Going =>
                $" is still on its way to its limit of {limit}, expected in about {Durations.InEnglish(facts.Left)}: now {value}",
            LimitChange.Reached => $" {(facts.IsBeyond ? "has reached" : "is just short of")} its limit of {limit}: {value}",
            LimitChange.Receded => $" is away from its limit of {limit} again: {value}",
            LimitChange.Gone => EnglishText.Ended(AlertChange.Gone, value, facts.LastSeen),
            LimitChange.PolicyChanged => EnglishText.Ended(AlertChange.PolicyChanged, value, facts.LastSeen),
            _ => $" is no longer on its way to its limit of {limit}: {value}",
        });
    }

    private static string Description(LimitFacts facts)
    {
        var name = facts.Preset is { } preset ? char.ToUpperInvariant(preset.English[0]) + preset.English[1..] : "It";
        var move = facts.Limit.IsFloor ? "falling" : "growing";
        var course = $"{name} has been {move} since {Numbers.Clock(facts.Onset)}. ";
        return facts.Change switch
        {
            LimitChange.Going when facts.IsReached => course + (facts.IsBeyond ? "The limit is reached." : NearEnough),
            LimitChange.Warned or LimitChange.Moved or LimitChange.Going =>
                $"{course}At this rate it reaches the limit at {Numbers.Clock(facts.Breach.At)}, "
                + $"most likely between {Numbers.Clock(facts.Breach.Earliest)} and {Numbers.Clock(facts.Breach.Latest)}.",
            LimitChange.Reached => course + (facts.IsBeyond ? "The limit is reached, as this warning expected." : NearEnough),
            LimitChange.Receded => $"{name} has stayed away from the limit for a while. {facts.Span.InEnglish}",
            LimitChange.Gone => course + Endings.InEnglish(AlertChange.Gone, facts.Span),
            LimitChange.PolicyChanged => course + Endings.InEnglish(AlertChange.PolicyChanged, facts.Span),
            _ => $"{name} has stopped {move} towards the limit, or has turned back, so this warning is withdrawn. {facts.Span.InEnglish}",
        };
    }

    private static string At(LimitFacts facts) => facts.IsBeyond ? "at" : "just short of";

    private static string[] Actions(LimitFacts facts) =>
        Endings.AdviceInEnglish(facts.Change.InAlert()) ?? EnglishAdvice.ForLimit(facts.Kind);
}
