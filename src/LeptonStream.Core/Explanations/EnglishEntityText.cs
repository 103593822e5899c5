using LeptonStream.Alerts;
using LeptonStream.Detection.Calibration;
using LeptonStream.Detection.Lifecycle;

namespace LeptonStream.Explanations;

/// <summary>The explanation of an entity's alert in English: fixed sentences, filled with the facts.</summary>
internal static class EnglishEntityText
{
    public static Explanation Explain(EntityFacts facts) =>
        new(Summary(facts), Description(facts), Endings.AdviceInEnglish(facts.Change) ?? EnglishAdvice.ForKind(facts.Kind));

    private static string Summary(EntityFacts facts)
    {
        var name = facts.Key.Model + LabelText.InEnglish(facts.Key.Labels);
        var metrics = string.Join(", ", facts.Contributors.Take(EntityFacts.Named).Select(Part));
        var more = facts.Contributors.Count - EntityFacts.Named;
        var list = more > 0 ? $"{metrics} and {more} more" : metrics;
        return facts.Change switch
        {
            AlertChange.Recovered => $"{name} is back to normal: {list}",
            AlertChange.Accepted => $"{name} has not recovered: {list}",
            AlertChange.Gone => $"{name} sends no more data; it did not recover: {list}",
            AlertChange.Superseded => $"{name} is closed without recovery: {list}",
            AlertChange.PolicyChanged => $"{name} is no longer watched under the new policy; it did not recover: {list}",
            AlertChange.Progressed => $"{facts.Contributors.Count} metrics of {name} are still unusual together: {list}",
            _ => $"{facts.Contributors.Count} metrics of {name} are unusual together: {list}",
        };
    }

    private static string Description(EntityFacts facts) => $"Began {Numbers.Clock(facts.Onset)}. " + (facts.Change.IsEnd()
        ? Endings.InEnglish(facts.Change, facts.Span)
        : "No single metric is alarming alone; this combination is. "
            + Rarity.InEnglish(facts.Score, AlarmLine.OfEntity(facts.Policy), facts.History, isEntity: true)
            + $"Largest contributor: {facts.Contributors[0].Metric} ({Numbers.Show(facts.Contributors[0].Share, "1")})."
            + facts.Held?.InEnglish + EnglishText.Returned(facts.Returned));

    private static string Part(Contributor part)
    {
        if (part.Expected is not { } expected || part.Value is not { } value)
            return $"{part.Metric} {Numbers.Show(part.Value ?? double.NaN, part.Unit)}";
        var (shown, other) = Numbers.Pair(value, expected, part.Unit);
        return $"{part.Metric} {shown} (expected {other})";
    }
}
