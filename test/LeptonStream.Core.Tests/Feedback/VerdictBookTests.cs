using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Detectors;
using LeptonStream.Feedback;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Feedback;

public sealed class VerdictBookTests
{
    private static readonly SeriesKey Loss = new("llama", "loss", LabelSet.Of(("gpu", "3")));

    [TestCase(1.0, 1.1)]
    [TestCase(1.5, 1.65)]
    [TestCase(40, VerdictBook.HighestLine)]
    [TestCase(null, 1.43)]
    public void With_AFalseAlarm_RaisesTheLineALittleAboveIt(double? score, double line)
    {
        var book = VerdictBook.Empty.With(Given("a", Verdict.False, score));

        Assert.That(book.LineOf(Loss), Is.EqualTo(line).Within(1e-9));
        Assert.That(PolicySet.Default.Behind(book.Rules).For(Loss).Line, Is.EqualTo(line).Within(1e-9));
        SeriesKey[] others = [Loss with { Metric = "grad_norm" }, Loss with { Model = "qwen" }, Loss with { Labels = LabelSet.Empty },
            Loss with { Labels = LabelSet.Of(("gpu", "3"), ("host", "a")) }];
        foreach (var other in others)
            Assert.That(PolicySet.Default.Behind(book.Rules).For(other).Line, Is.EqualTo(1), $"{other}");
    }

    [Test]
    public void Rules_BesideALineOfTheFile_RaiseThatLine()
    {
        var file = new PolicySet([new([], new() { Line = 2 })], PolicySettings.None, PresetCatalog.Default);
        var book = VerdictBook.Empty.With(Given("a", Verdict.False, 1.2));
        Assert.That(file.Behind(book.Rules).For(Loss).Line, Is.EqualTo(2 * 1.32).Within(1e-9));
        Assert.That(file.Behind(book.With(Withdrawn("a")).Rules).For(Loss).Line, Is.EqualTo(2));
    }

    [Test]
    public void With_AConfirmedAlert_KeepsTheLineAtHalfOfItWhateverElseIsFalse()
    {
        var book = VerdictBook.Empty.With(Given("a", Verdict.True, 3)).With(Given("b", Verdict.False, 2.5));
        Assert.That(book.LineOf(Loss), Is.EqualTo(1.5).Within(1e-9));
        Assert.That(book.With(Given("c", Verdict.True, 1.05)).LineOf(Loss), Is.EqualTo(1).Within(1e-9));
    }

    // The next alert's score counts from the line that was raised.
    [Test]
    public void With_ASecondFalseAlarm_CountsItsScoreFromTheLineThatWasInForce() =>
        Assert.That(VerdictBook.Empty.With(Given("a", Verdict.False, 1.2)).With(Given("b", Verdict.False, 1.2)).LineOf(Loss),
            Is.EqualTo(1.2 * 1.1 * 1.2 * 1.1).Within(1e-9));

    [Test]
    public void With_AnAlertOfARule_MovesNoLineWhateverItsScore(
        [Values("non-finite", "event-code", "early-warning", "readings-lost", "missed-burst", "no-progress", "run-dead")] string rule,
        [Values] Verdict verdict, [Values(1.0, 3.0, 10.0)] double score)
    {
        var raised = VerdictBook.Empty.With(Given("before", Verdict.False, 2));
        foreach (var book in new[] { VerdictBook.Empty, raised })
        {
            var after = book.With(Given("a", verdict, score) with { Detector = rule });
            Assert.That(after.LineOf(Loss), Is.EqualTo(book.LineOf(Loss)));
            Assert.That(VerdictBook.Of(after.Verdicts).LineOf(Loss), Is.EqualTo(book.LineOf(Loss)));
            Assert.That(after.Verdicts, Has.Count.EqualTo(book.Verdicts.Count + 1), "it can be withdrawn");
        }
    }

    [Test]
    public void With_AnAlertOfAnyDetectorOfTheCatalogue_MovesTheLine()
    {
        foreach (var detector in DetectorCatalog.All.Select(detector => detector.Name).Append(DetectorSet.Peers))
            Assert.That(VerdictBook.Empty.With(Given("a", Verdict.False, 2) with { Detector = detector }).LineOf(Loss), Is.GreaterThan(1),
                detector);
    }

    [Test]
    public void Read_WhatWasWritten_KnowsTheDetector([Values("non-finite", null)] string? detector)
    {
        var given = Given("a", Verdict.False, 2) with { Detector = detector };
        Assert.That(FeedbackEvent.Read(given.Write())!.Detector, Is.EqualTo(detector));
    }

    [Test]
    public void With_ARecordThatComesTwice_ChangesNothing([Values] Verdict verdict)
    {
        var book = VerdictBook.Empty.With(Given("a", verdict, 1.5));
        Assert.That(book.With(Given("a", verdict, 1.5)), Is.SameAs(book));
        Assert.That(VerdictBook.Empty.With(Withdrawn("a")), Is.SameAs(VerdictBook.Empty));
    }

    [Test]
    public void With_AnotherVerdictOnTheSameAlert_TakesItsPlaceAndKeepsItsScore()
    {
        var book = VerdictBook.Empty.With(Given("a", Verdict.False, 2)).With(Given("a", Verdict.True, 2));
        Assert.That(book.Verdicts.Single(), Has.Property("Verdict").EqualTo(Verdict.True).And.Property("Score").EqualTo(2));
        Assert.That(book.LineOf(Loss), Is.EqualTo(1));
    }

    [Test]
    public void With_MoreThanItHolds_GivesUpTheOldest()
    {
        var book = VerdictBook.Empty;
        for (var i = 0; i < VerdictBook.MaxVerdicts + 5; i++) book = book.With(Given($"a{i}", Verdict.True, 1.5));
        Assert.That(book.Verdicts, Has.Count.EqualTo(VerdictBook.MaxVerdicts));
        Assert.That(book.Verdicts[0].AlertId, Is.EqualTo("a5"));
    }

    [Test]
    public void With_AnyVerdicts_KeepsTheLineInItsBoundsAndUndoingAllOfThemUndoesAll([Range(1, 20)] int seed)
    {
        var random = new Random(seed);
        var book = VerdictBook.Empty;
        for (var i = 0; i < 200; i++)
        {
            var alert = $"a{random.Next(40)}";
            book = book.With(random.Next(4) == 0 ? Withdrawn(alert) : Given(alert, (Verdict)random.Next(3), 1 + (random.NextDouble() * 4)));
            var confirmed = book.Verdicts.Where(known => known.Verdict == Verdict.True).Select(known => known.Score).Append(9).Min();
            Assert.That(book.LineOf(Loss), Is.InRange(1, VerdictBook.HighestLine).And.LessThanOrEqualTo(Math.Max(1, confirmed / 2)));
        }

        Assert.That(VerdictBook.Of(book.Verdicts).LineOf(Loss), Is.EqualTo(book.LineOf(Loss)), "what a snapshot keeps is all there is");
        foreach (var known in book.Verdicts.OrderBy(_ => random.Next()).ToList()) book = book.With(Withdrawn(known.AlertId));
        Assert.That((book.Verdicts.Count, book.Rules.Count), Is.EqualTo((0, 0)));
    }

    private static FeedbackEvent Withdrawn(string alert) => Given(alert, Verdict.False, null) with { Withdrawn = true };

    internal static FeedbackEvent Given(string alert, Verdict verdict, double? score) => new()
    {
        Id = Guid.NewGuid().ToString("N"),
        AlertId = alert,
        Model = Loss.Model,
        Metric = Loss.Metric,
        Labels = Loss.Labels,
        Verdict = verdict,
        Score = score,
        By = "lin",
        At = Timestamp.FromUnixSeconds(1_760_000_000),
        Partition = 3,
    };
}
