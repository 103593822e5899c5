using LeptonStream.Alerting.Received;
using LeptonStream.Alerts;
using LeptonStream.Series;
using LeptonStream.Testing;

namespace LeptonStream.Core.Tests.Alerting.Received;

/// <summary>Merging what is posted of one alert, by Alertmanager's rules. Times are seconds; the resolve timeout is 300 s.</summary>
public sealed class ReceivedAlertTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(300);

    [TestCase(100, null, 400)]
    [TestCase(100, 900.0, 900)]
    [TestCase(100, 60.0, 60)]
    public void EndsBy_IsTheNamedEndOrTheTimeout(double posted, double? end, double expected) =>
        Assert.That(Post(0, end, posted).EndsBy(Timeout), Is.EqualTo(AlertEvents.At(expected)));

    // Fires until 400; then a post at some time, with some beginning.
    [TestCase(350, 0, true)]
    [TestCase(350, 340, true)]
    [TestCase(500, 0, true)]
    [TestCase(500, 399, true)]
    [TestCase(500, 400, false)]
    [TestCase(500, 480, false)]
    public void Covers_WhatBeganBeforeItEnded(double posted, double start, bool covers) =>
        Assert.That(Post(0, null, 100).Covers(Post(start, null, posted), Timeout), Is.EqualTo(covers));

    [Test]
    public void Covers_TheRepetitionOfItsEnd() =>
        Assert.That(Post(0, 200, 200).Covers(Post(0, 200, 260), Timeout), Is.True);

    // The end before; the later post's end and time; the end after it.
    [TestCase(null, null, 100, null)]
    [TestCase(900.0, null, 100, 900.0)]
    [TestCase(350.0, null, 100, null)]
    [TestCase(300.0, 500.0, 100, 500.0)]
    [TestCase(500.0, 300.0, 100, 500.0)]
    [TestCase(500.0, 90.0, 100, 90.0)]
    [TestCase(null, 90.0, 100, 90.0)]
    public void Merge_KeepsTheEndThatLiesFurtherAhead_UnlessTheSenderEndsIt(double? before, double? end, double posted, double? expected)
    {
        var merged = Post(0, before, 10).Merge(Post(50, end, posted) with { Annotations = LabelSet.Of(("summary", "new")) }, Timeout);

        Assert.That(merged.EndsAt, Is.EqualTo(expected is { } at ? AlertEvents.At(at) : null));
        Assert.That(merged.StartsAt, Is.EqualTo(AlertEvents.At(0)));
        Assert.That(merged.AlertId, Is.EqualTo(Post(0, before, 10).AlertId));
        Assert.That(merged.Annotations["summary"], Is.EqualTo("new"));
    }

    [TestCase("critical", AlertSeverity.Critical)]
    [TestCase("page", AlertSeverity.Critical)]
    [TestCase("warning", AlertSeverity.Warning)]
    [TestCase("info", AlertSeverity.Info)]
    [TestCase(null, AlertSeverity.Warning)]
    public void Event_IsReadBackWhole_WithLabelsAndAnnotationsAsTheyWerePosted(string? severity, AlertSeverity expected)
    {
        var post = Post(0, 60, 60);
        post = post with { Labels = severity is null ? post.Labels : post.Labels.With(("severity", severity)) };
        var ended = ReceivedAlertEvents.Of(post, AlertEventType.Resolved, number: 1, AlertEvents.At(60));

        Assert.That(AlertEventJson.TryRead(AlertEventJson.Write(ended), out var read, out var error), Is.True, error);
        Assert.That(read!.Severity, Is.EqualTo(expected));
        Assert.That(read.RoutingLabels, Is.EqualTo(post.Labels));
        Assert.That(read.Annotations, Is.EqualTo(post.Annotations));
        Assert.That((read.EndedReason, read.Metric, read.Model), Is.EqualTo((EndedReason.Recovered, "Disk", "node")));
        Assert.That(read.English.Summary, Is.EqualTo("old"));
    }

    [Test]
    public void Event_OfOneThatNobodyRenewed_SaysThatItIsGone() =>
        Assert.That(ReceivedAlertEvents.Of(Post(0, 60, 30), AlertEventType.Resolved, 1, AlertEvents.At(60)).EndedReason,
            Is.EqualTo(EndedReason.Gone));

    private static ReceivedAlert Post(double start, double? end, double at)
    {
        var labels = LabelSet.Of(("alertname", "Disk"), ("job", "node"));
        return new()
        {
            AlertId = ReceivedAlert.IdOf(labels, AlertEvents.At(start)),
            Labels = labels,
            Annotations = LabelSet.Of(("summary", "old")),
            GeneratorUrl = "",
            StartsAt = AlertEvents.At(start),
            EndsAt = end is { } seconds ? AlertEvents.At(seconds) : null,
            RenewedAt = AlertEvents.At(at),
        };
    }
}
