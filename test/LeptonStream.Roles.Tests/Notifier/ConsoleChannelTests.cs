using LeptonStream.Alerting;
using LeptonStream.Alerts;
using LeptonStream.Notifier.Channels;
using LeptonStream.Series;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Notifier;

public sealed class ConsoleChannelTests
{
    [Test]
    public void Line_OneFiring_SaysWhenWhatAndWhy() =>
        Assert.That(ConsoleChannel.Line(Told(NotifyReason.FirstNotification, Alert("latency is high"))),
            Is.EqualTo("2027-01-15 08:00:00Z FIRING critical: [1] latency is high (first notification)"));

    [Test]
    public void Line_OneResolved_SaysSo() =>
        Assert.That(ConsoleChannel.Line(Told(NotifyReason.AllResolved, Alert("over", ended: true))),
            Is.EqualTo("2027-01-15 08:00:00Z RESOLVED critical: [1] over (all alerts resolved)"));

    [Test]
    public void Line_ClosedWithoutRecovery_IsNotCalledResolved()
    {
        var over = Alert("over", ended: true);
        var closed = over with { Annotations = EndedTexts.Annotate(over.Annotations, EndedReason.Gone) };
        Assert.That(
            ConsoleChannel.Line(Told(NotifyReason.AllResolved, closed)),
            Is.EqualTo("2027-01-15 08:00:00Z CLOSED critical: [1] over (all alerts resolved)"));
        Assert.That(ConsoleChannel.Line(Told(NotifyReason.SomeResolved, Alert("a"), over, closed)),
            Does.Contain(" FIRING 1, RESOLVED 1, CLOSED 1 critical: "));
    }

    [Test]
    public void Line_Many_ShowsThreeAndCountsTheRest() => Assert.That(
        ConsoleChannel.Line(Told(NotifyReason.NewAlerts, Alert("a"), Alert("b"), Alert("c", ended: true), Alert("d"), Alert("e"))),
        Is.EqualTo("2027-01-15 08:00:00Z FIRING 4, RESOLVED 1 critical: [1] a; [1] b; [1] d; 2 more (new alerts added)"));

    [Test]
    public void Line_HostileText_StaysOneLineWithoutControlCharacters()
    {
        var line = ConsoleChannel.Line(Told(NotifyReason.FirstNotification, Alert("a\n\u001b[2Jb\u202Ec\u2028d")));

        Assert.That(line, Does.Contain("a\uFFFD\uFFFD[2Jb\uFFFDc\uFFFDd"));
    }

    [Test]
    public async Task Send_WritesALine()
    {
        var writer = new StringWriter();

        var outcome = await new ConsoleChannel(new ConsoleOutput(writer)).Send("1", Told(NotifyReason.FirstNotification, Alert("x")),
            CancellationToken.None);

        Assert.That(outcome.Result, Is.EqualTo(DeliveryResult.Delivered));
        Assert.That(writer.ToString(), Does.EndWith(Environment.NewLine));
    }

    private static GroupedAlert Alert(string summary, bool ended = false) => new()
    {
        AlertId = "1",
        Labels = LabelSet.Of(("severity", "critical"), ("metric", summary)),
        Annotations = LabelSet.Of(("summary", summary)),
        StartsAt = AlertEvents.Start,
        EndsAt = ended ? AlertEvents.At(1) : null,
    };

    private static Notification Told(NotifyReason reason, params GroupedAlert[] alerts) => new()
    {
        GroupId = "1",
        GroupKey = "{}:{}",
        Receiver = "default",
        Channel = "console/0",
        Reason = reason,
        GroupLabels = LabelSet.Empty,
        RouteLabels = LabelSet.Empty,
        Alerts = alerts,
        At = AlertEvents.Start,
    };
}
