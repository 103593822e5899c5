using LeptonStream.Alerts;
using LeptonStream.Detection.EarlyWarning;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Training;
using LeptonStream.Explanations;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Explanations;

/// <summary>The texts of ends: data end with the last sample, and every end names when it was and how long the alert lasted.</summary>
public sealed class EndedTextTests
{
    private static readonly SeriesKey Key = new("llama", "loss", LabelSet.Of(("job", "7")));
    private static readonly Timestamp LastSample = Facts.Onset + TimeSpan.FromMinutes(30);
    private static readonly Timestamp Closing = LastSample + TimeSpan.FromMinutes(10);

    private static readonly AlertChange[] Ends =
    [
        AlertChange.Recovered, AlertChange.Accepted, AlertChange.Gone, AlertChange.Superseded, AlertChange.PolicyChanged,
    ];

    private static readonly LimitChange[] LimitEnds =
        [.. Enum.GetValues<LimitChange>().Where(change => change != LimitChange.None && change.InAlert().IsEnd())];

    private static IEnumerable<Explanation[]> Gone() =>
    [
        Of(Series(AlertChange.Gone)), Of(Limit(LimitChange.Gone)), Of(Finding(TrainingKind.LossSpike, AlertChange.Gone)),
        Of(Entity(AlertChange.Gone)),
    ];

    private static IEnumerable<Explanation[]> All() =>
        [.. Ends.Select(end => Of(Series(end))), .. LimitEnds.Select(end => Of(Limit(end))), .. Ends.Select(end => Of(Entity(end))),
            .. from kind in Enum.GetValues<TrainingKind>() from end in Ends select Of(Finding(kind, end))];

    [TestCaseSource(nameof(Gone))]
    public void Gone_NamesTheLastSample(Explanation[] languages)
    {
        foreach (var text in languages)
            Assert.That(text.Summary + text.Description, Does.Contain(Numbers.Clock(LastSample)));
        // The time of the closing is named as that only.
        Assert.That(languages[0].Summary, Does.Not.Contain(Numbers.Clock(Closing)));
        Assert.That(languages[1].Summary, Does.Not.Contain(Numbers.Clock(Closing)));
    }

    [TestCaseSource(nameof(All))]
    public void AnyEnd_NamesItsTimeAndTheLength(Explanation[] languages)
    {
        foreach (var text in languages)
            Assert.That(text.Description, Does.Contain(Numbers.Clock(Closing)).Or.Contain(Numbers.Clock(LastSample)));
        Assert.That(languages[0].Description, Does.Match(@"\d+ min after it began"));
        Assert.That(languages[1].Description, Does.Match(@"共持续 \d+ 分钟"));
    }

    private static Explanation[] Of(AlertFacts facts) => [EnglishText.Explain(facts), ChineseText.Explain(facts)];

    private static Explanation[] Of(LimitFacts facts) => [EnglishLimitText.Explain(facts), ChineseLimitText.Explain(facts)];

    private static Explanation[] Of(EntityFacts facts) => [EnglishEntityText.Explain(facts), ChineseEntityText.Explain(facts)];

    private static Explanation[] Of(FindingFacts facts) => [EnglishTrainingText.Explain(facts), ChineseTrainingText.Explain(facts)];

    private static AlertFacts Series(AlertChange change) => Facts.Of(change: change) with
    {
        Sample = new(Closing, 56), LastSeen = LastSample, NormalSince = NormalSince(change),
    };

    private static LimitFacts Limit(LimitChange change) =>
        new(Key, change, new(Closing, 0.9), MetricLimit.Ceiling(1), BreachForecast.None, Facts.Onset, null, "1") { LastSeen = LastSample };

    private static EntityFacts Entity(AlertChange change) =>
        new(Key, AlertSeverity.Warning, change, [new("loss", 1, 2, 1, 0.5, 1.5, null)], Facts.Onset, 2)
        {
            Span = new(Facts.Onset, Closing, NormalSince(change), LastSample),
        };

    private static FindingFacts Finding(TrainingKind kind, AlertChange change) => new(Key, new(kind, TrainingRole.Loss, change,
        AlertSeverity.Warning, 2, Closing, 40, Facts.Onset, 10, 2, 1, 3) { NormalSince = NormalSince(change) }, null)
    {
        LastSeen = LastSample,
    };

    private static Timestamp? NormalSince(AlertChange change) => change == AlertChange.Recovered ? LastSample : null;
}
