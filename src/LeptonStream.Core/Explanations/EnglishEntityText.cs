using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Lifecycle;

namespace LeptonStream.Explanations;

/// <summary>The explanation of an entity's alert in English: fixed sentences, filled with the facts of the story.</summary>
internal static class EnglishEntityText
{
    public static Explanation Explain(EntityFacts story) => new(Summary(story), Description(story), EnglishText.Actions(story.Change, story.Kind));

    private static string Summary(EntityFacts story)
    {
        var where = LabelText.InEnglish(story.Key.Labels);
        var metrics = string.Join(", ", story.Contributors.Take(EntityFacts.Named).Select(c => $"{c.Metric} {Numbers.Show(c.Value ?? double.NaN, c.Unit)}{Expected(c)}"));
        var more = story.Contributors.Count - EntityFacts.Named;
        var list = more > 0 ? $"{metrics} and {more} more" : metrics;
        return story.Change switch
        {
            AlertChange.Recovered => $"{story.Key.Model}{where} is back to normal: {list}",
            AlertChange.Accepted => $"{story.Key.Model}{where} stays as it is, taken as the new normal: {list}",
            _ => $"{story.Contributors.Count} metrics of {story.Key.Model}{where} are unusual together: {list}",
        };
    }

    private static string Description(EntityFacts story) => $"Began {Numbers.Clock(story.Onset)}. " + (story.Change switch
    {
        AlertChange.Recovered => "The metrics have been usual again for several samples, so this alert is closed.",
        AlertChange.Accepted => "It has lasted so long that it is learned as normal. If it is not, act on the cause: the alert won't return by itself.",
        _ => $"It takes all of them: that they are odd at once is expected {EnglishText.Rarity(story.Score)}. "
            + $"Largest part: {story.Contributors[0].Metric} with {story.Contributors[0].Share * 100:F0} %.",
    });

    private static string Expected(Contributor part) => part.Expected is { } expected ? $" (expected {Numbers.Show(expected, part.Unit)})" : "";
}
