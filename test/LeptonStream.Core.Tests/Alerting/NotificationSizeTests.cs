using LeptonStream.Alerting;
using LeptonStream.Alerting.Digests;
using LeptonStream.Alerts;
using LeptonStream.Series;
using LeptonStream.Testing;

namespace LeptonStream.Core.Tests.Alerting;

/// <summary>A group may hold any number of alerts; a message does not.</summary>
public sealed class NotificationSizeTests
{
    [Test]
    public void Bounded_OfAnyGroup_HoldsTheWorstInTheirOrderAndCountsTheRest([Range(1, 60, 7)] int alerts, [Range(1, 61, 12)] int most)
    {
        var whole = Of(alerts);

        var bounded = whole.Bounded(most);
        var stored = AlertingJson.Read<Notification>(AlertingJson.Write(bounded));

        Assert.That(bounded.Alerts, Has.Count.EqualTo(Math.Min(alerts, most)).And.Ordered.Using(GroupedAlertOrder.Instance));
        Assert.That(bounded.Alerts, Is.EquivalentTo(GroupedAlertOrder.WorstFirst(whole.Alerts).Take(most)));
        Assert.That(bounded.About, Is.EqualTo(whole.Alerts));
        Assert.That((stored.FiringCount, stored.ResolvedCount), Is.EqualTo((whole.FiringCount, whole.ResolvedCount)));
        Assert.That(stored.NotHeld, Is.EqualTo(Math.Max(0, alerts - most)));
    }

    [Test]
    public void Split_OfAnyGroup_HoldsEachAlertOnce([Range(1, 60, 7)] int alerts, [Range(1, 61, 12)] int most)
    {
        var whole = Of(alerts);

        var parts = whole.Split(most).ToArray();

        Assert.That(parts.SelectMany(part => part.Alerts), Is.EqualTo(whole.Alerts));
        Assert.That(parts.Max(part => part.Alerts.Count), Is.LessThanOrEqualTo(most));
        Assert.That(parts.Sum(part => part.NotHeld), Is.Zero);
    }

    [Test]
    public void Digest_OfBoundedOnes_CountsAllAlerts()
    {
        var digest = Digest.Of([Of(30).Bounded(10), Of(40).Bounded(10)], AlertEvents.At(0));

        // The same group twice: what the last of them says counts.
        Assert.That(digest.FiringCount + digest.ResolvedCount, Is.GreaterThanOrEqualTo(40));
        Assert.That(digest.NotHeld, Is.EqualTo(digest.FiringCount + digest.ResolvedCount - digest.Alerts.Count));
    }

    // Every third is over, every seventh critical.
    private static Notification Of(int alerts) => new()
    {
        GroupId = "g",
        GroupKey = "{}:{}",
        Receiver = "ops",
        Channel = "webhook/0",
        Reason = NotifyReason.FirstNotification,
        GroupLabels = LabelSet.Empty,
        RouteLabels = LabelSet.Empty,
        At = AlertEvents.At(0),
        Alerts = [.. Enumerable.Range(0, alerts).Select(i => new GroupedAlert
        {
            AlertId = $"a{i}",
            Labels = LabelSet.Of(("metric", $"m{i:000}"), ("severity", AlertEventJson.NameOf(
                i % 7 == 0 ? AlertSeverity.Critical : AlertSeverity.Warning))),
            Annotations = LabelSet.Empty,
            StartsAt = AlertEvents.At(i),
            EndsAt = i % 3 == 0 ? AlertEvents.At(i + 1) : null,
        }).Order(GroupedAlertOrder.Instance)],
    };
}
