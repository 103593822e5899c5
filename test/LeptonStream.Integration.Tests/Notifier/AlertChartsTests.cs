using LeptonStream.Alerting;
using LeptonStream.Alerts;
using LeptonStream.Notifier.Charts;
using LeptonStream.Storage;
using LeptonStream.Testing;
using static LeptonStream.Integration.Tests.Notifier.JournalRig;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>The chart of a notification comes from the journal.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.PostgreSql)]
public sealed class AlertChartsTests(DatabaseKind kind) : JournalFixture(kind)
{
    [Test]
    public async Task Of_RecordedAlert_IsAPictureWhileItFires()
    {
        var journal = await Rig.Open();
        var opened = AlertEvents.Opened("latency");
        AlertPoint[] points = [.. Enumerable.Range(0, 30).Select(i =>
            new AlertPoint(opened.DetectedAt + TimeSpan.FromSeconds(i - 30), 100 + i, 120, 100, 140))];
        await Apply(journal, 0, Record(opened with { Points = points }, 0), Record(AlertEvents.Opened("errors"), 1));
        await Flush(journal, 5);
        var charts = new AlertCharts(Rig.Database);

        Assert.That(await Of(charts, "latency"), Is.Not.Null);
        Assert.That(await Of(charts, "latency", isOver: true), Is.Null);
        Assert.That(await Of(charts, "errors"), Is.Null, "one point is no chart");
        Assert.That(await Of(charts, "nobody knows it"), Is.Null);
    }

    [Test]
    public async Task Of_JournalThatDoesNotAnswer_IsNone()
    {
        await using var away = Database.Of(
            Kind == DatabaseKind.Sqlite ? "Data Source=/nowhere/at/all.db" : "Host=127.0.0.1;Port=1;Database=none;Timeout=1");

        Assert.That(await Of(new AlertCharts(away), "latency"), Is.Null);
    }

    private static Task<byte[]?> Of(AlertCharts charts, string alert, bool isOver = false) =>
        charts.Of(Notification(alert, isOver), TimeZoneInfo.Utc, CancellationToken.None);

    private static Notification Notification(string alert, bool isOver)
    {
        var opened = AlertEvents.Opened(alert);
        return new()
        {
            GroupId = "group",
            GroupKey = "{}",
            Receiver = "ops",
            Channel = "email/0",
            Reason = NotifyReason.FirstNotification,
            GroupLabels = opened.Labels,
            RouteLabels = opened.Labels,
            At = opened.DetectedAt,
            Alerts =
            [
                new GroupedAlert
                {
                    AlertId = opened.AlertId,
                    Labels = opened.RoutingLabels,
                    Annotations = opened.Annotations,
                    StartsAt = opened.Onset,
                    EndsAt = isOver ? opened.DetectedAt : null,
                },
            ],
        };
    }
}
