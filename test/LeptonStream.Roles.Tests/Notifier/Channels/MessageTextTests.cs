using LeptonStream.Alerting;
using LeptonStream.Alerting.Digests;
using LeptonStream.Alerting.Muting;
using LeptonStream.Notifier.Channels.Messages;
using LeptonStream.Series;

namespace LeptonStream.Roles.Tests.Notifier.Channels;

[Parallelizable]
public sealed class MessageTextTests
{
    private static readonly Uri Dashboard = new("https://lepton.example.org");

    private static readonly MessageStyle Chinese = MessageStyle.Default with
    {
        Language = MessageLanguage.Chinese,
        Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"),
    };

    [TestCase(false, "Critical: 50 alerts firing: digest of 2 notifications")]
    [TestCase(true, "严重：50 条告警未恢复：2 条通知的汇总")]
    public void Digest_SaysHowManyOfEachKind_AndTheWorst(bool isChinese, string title)
    {
        var all = SampleNotifications.Firing(50);
        var digest = Digest.Of([all with { Alerts = [.. all.Alerts.Take(20)] }, all with { Alerts = [.. all.Alerts.Skip(20)] }], all.At);
        var style = isChinese ? Chinese : MessageStyle.Default;

        var message = MessageBuilder.Of(digest, style, Dashboard);
        var text = MessageText.Write(message, style, Markup.Plain, step: 0);

        Assert.That(message.Title, Is.EqualTo(title));
        Assert.That(text.Split('\n')[0], Does.Match("^[0-9]+ × "));
    }

    [Test]
    public void Write_OneAlert_SaysWhatSinceWhenAndWhatToDo() => Assert.That(
        Text(SampleNotifications.Firing(), MessageStyle.Default), Is.EqualTo("""
        Critical: llama-70b: GPU 0 is hot: 89 °C, expected 62 °C

        Usual now: 60 to 64 °C. Only this GPU deviates; the other 7 are normal.
        Since 2026-09-21 14:03:20 UTC
        To do:
        • Check the fans.

        Details: https://lepton.example.org/#alert=alert0 · Runbook: https://runbooks.example.org/gpu_temp_c
        """));

    [Test]
    public void Write_InChineseAndItsTimeZone_HasNoEnglishWords() => Assert.That(Text(SampleNotifications.Firing(), Chinese), Is.EqualTo(
        """
        严重：llama-70b：GPU 0 温度偏高：89 °C，预期 62 °C

        当前通常范围：60 至 64 °C。
        开始时间：2026-09-21 22:03:20 UTC+08:00
        建议操作：
        • 检查风扇。

        查看详情: https://lepton.example.org/#alert=alert0 · 处理手册: https://runbooks.example.org/gpu_temp_c
        """));

    [TestCase("recovered", "Resolved: ")]
    [TestCase("accepted", "Closed, not recovered: ")]
    public void Title_AlertIsOver_SaysWhetherTheTroubleIs(string reason, string title)
    {
        var text = Text(SampleNotifications.Resolved(reason: reason), MessageStyle.Default);

        Assert.That(text, Does.StartWith(title).And.Not.Contain("To do"));
        Assert.That(text, Does.Contain("From 2026-09-21 14:03:20 UTC to 2026-09-21 14:13:20 UTC (10 min)"));
    }

    [TestCase(false, "Critical, acknowledged by rosa: ", "Acknowledged by rosa since 2026-09-21 14:08:20 UTC")]
    [TestCase(true, "严重，rosa 已确认：", "rosa 已确认（自 2026-09-21 22:08:20 UTC+08:00）")]
    public void Write_AnAlertSomebodyWorksOn_SaysWhoAndSinceWhen(bool isChinese, string title, string line)
    {
        var text = Text(Acknowledged(SampleNotifications.Alert()), isChinese ? Chinese : MessageStyle.Default);

        Assert.That(text, Does.StartWith(title).And.Contain($"\n{line}\n"));
    }

    [Test]
    public void Write_ManyAlerts_MarksThoseThatSomebodyWorksOn()
    {
        var alerts = Enumerable.Range(0, 12).Select(i => SampleNotifications.Alert(i)).Select((alert, i) => i % 2 == 0 ? alert
            : Acknowledged(alert).Alerts[0]).ToArray();

        var text = Text(SampleNotifications.Of(alerts), MessageStyle.Default);

        Assert.That(text.Split("acknowledged by rosa · "), Has.Length.EqualTo(7));
        Assert.That(text, Does.StartWith("Critical, +11 more: "));
    }

    [Test]
    public void Write_AnAlertThatIsOver_SaysNothingOfAnAcknowledgement()
    {
        var alert = SampleNotifications.Resolved().Alerts[0];
        var care = new CareTaken("rosa", SampleNotifications.At);

        var text = Text(SampleNotifications.Of(alert with { Annotations = care.Annotate(alert.Annotations) }), MessageStyle.Default);

        Assert.That(text, Does.Not.Contain("cknowledged"));
    }

    [TestCase(false, "From 2026-09-21 14:03:20 UTC to 2026-09-21 14:08:20 UTC (5 min), closed 2026-09-21 14:13:20 UTC")]
    [TestCase(true, "2026-09-21 22:03:20 UTC+08:00 至 2026-09-21 22:08:20 UTC+08:00（5 分钟），关闭于 2026-09-21 22:13:20 UTC+08:00")]
    public void Write_AnAlertThatIsOver_TellsTheTroubleFromTheWaitBehindIt(bool isChinese, string line)
    {
        var alert = SampleNotifications.Resolved().Alerts[0];
        var calm = alert.Annotations.With((EndedTexts.NormalSince, (SampleNotifications.At - TimeSpan.FromMinutes(5)).ToString()));

        var text = Text(SampleNotifications.Of(alert with { Annotations = calm }), isChinese ? Chinese : MessageStyle.Default);

        Assert.That(text, Does.Contain(line));
    }

    // The texts name the beginning in UTC; one time zone and once is enough.
    [TestCase(false, "2026-09-21 14:03:20 UTC")]
    [TestCase(true, "2026-09-21 22:03:20 UTC+08:00")]
    public void Write_TextsThatNameTheBeginning_SayItOnceAndInTheReadersZone(bool isChinese, string time)
    {
        var alert = SampleNotifications.Alert();
        var texts = alert.Annotations.With(("description", "50 ms → 56 ms since 2026-09-21 14:03:20 UTC."),
            ("description_zh", "自 2026-09-21 14:03:20 UTC 起：50 ms → 56 ms。"));

        var text = Text(SampleNotifications.Of(alert with { Annotations = texts }), isChinese ? Chinese : MessageStyle.Default);

        Assert.That(text.Split(time), Has.Length.EqualTo(2));
        Assert.That(text.Split("UTC"), Has.Length.EqualTo(2));
    }

    [TestCase(false, "Labels: alertname=HostHighCpu, instance=node-7:9100, severity=warning")]
    [TestCase(true, "标签：alertname=HostHighCpu, instance=node-7:9100, severity=warning")]
    public void Write_AnAlertOfAnotherProgram_HasItsLabels(bool isChinese, string line)
    {
        var text = Text(SampleNotifications.Of(OfPrometheus(7)), isChinese ? Chinese : MessageStyle.Default);

        Assert.That(text, Does.Contain("CPU is busy (instance=node-7:9100)").And.Contain($"\n{line}\n"));
    }

    [Test]
    public void Write_ManyAlertsOfOneRule_TellsEachFromTheOthers()
    {
        var text = Text(SampleNotifications.Of([.. Enumerable.Range(0, 12).Select(OfPrometheus)]), MessageStyle.Default);

        Assert.That(text.Split('\n').Where(line => line.StartsWith("• CPU is busy", StringComparison.Ordinal)),
            Is.Unique.And.Exactly(7).Items);
    }

    // Its labels have changed, so to an Alertmanager the warning is over.
    [Test]
    public void Write_AnAlertThatBecameCritical_SaysNothingOfAnEnd()
    {
        var firing = SampleNotifications.Firing();
        var before = firing.Alerts[0] with { Labels = firing.Alerts[0].Labels.With(("severity", "warning")), EndsAt = firing.At };

        var text = Text(firing with { Alerts = [firing.Alerts[0], before] }, MessageStyle.Default);

        Assert.That(text, Is.EqualTo(Text(firing, MessageStyle.Default)));
    }

    [Test]
    public void Write_AlertsOfTwoSeverities_SaysWhichIsLess()
    {
        var firing = SampleNotifications.Firing(2);
        var less = firing.Alerts[1] with { Labels = firing.Alerts[1].Labels.With(("severity", "warning")) };

        var text = Text(firing with { Alerts = [firing.Alerts[0], less] }, MessageStyle.Default);

        Assert.That(text.Split('\n').Count(line => line.StartsWith("Warning · ", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(text, Does.StartWith("Critical, +1 more: ").And.Not.Contain("Critical · "));
    }

    [TestCase(2, 0, "Critical, +1 more: ", "严重，另有 1 条：")]
    [TestCase(3, 2, "Critical, +2 more, 2 ended: ", "严重，另有 2 条，2 条已结束：")]
    [TestCase(1, 1, "Critical, 1 ended: ", "严重，1 条已结束：")]
    public void Title_OfSeveralAlerts_BeginsWithHowManyAndNamesTheWorst(int firing, int over, string english, string chinese)
    {
        var alerts = SampleNotifications.Firing(firing).Alerts.Select((alert, i) => i == firing - 1 ? alert
            : alert with { Labels = alert.Labels.With(("severity", "warning")) });
        var ended = SampleNotifications.Resolved(firing + over).Alerts.Skip(firing);
        var notification = SampleNotifications.Of([.. alerts, .. ended]);

        Assert.That(MessageBuilder.Of(notification, MessageStyle.Default, Dashboard).Title,
            Does.StartWith($"{english}llama-70b: GPU {firing - 1} is hot"));
        Assert.That(MessageBuilder.Of(notification, Chinese, Dashboard).Title, Does.StartWith($"{chinese}llama-70b：GPU {firing - 1} 温度"));
    }

    [Test]
    public void Write_ManyAlerts_SaysAFewInFullSomeInALineAndCountsTheRest()
    {
        var message = MessageBuilder.Of(SampleNotifications.Firing(50), MessageStyle.Default, Dashboard);

        var text = MessageText.Write(message, MessageStyle.Default, Markup.Plain, step: 0);

        Assert.That(message.Title, Is.EqualTo("Critical, +49 more: llama-70b: GPU 0 is hot: 89 °C, expected 62 °C"));
        Assert.That(text.Split('\n').Count(line => line.StartsWith("Usual now", StringComparison.Ordinal)), Is.EqualTo(5));
        Assert.That(text, Does.Contain("• llama-70b: GPU 19").And.Contain("and 30 more").And.Not.Contain("GPU 20"));
    }

    [Test]
    public void Write_EachStep_IsShorterAndTheLastHasTheLinksAlone()
    {
        var message = MessageBuilder.Of(SampleNotifications.Firing(50), Chinese, Dashboard);

        var texts = Enumerable.Range(0, MessageText.Steps).Select(step => MessageText.Write(message, Chinese, Markup.Html, step)).ToArray();

        Assert.That(texts.Select(text => text.Length), Is.Ordered.Descending);
        Assert.That(texts[^1], Does.Contain("另有 50 条").And.Contain("https://lepton.example.org").And.Not.Contain("GPU"));
    }

    [TestCase("javascript:alert(1)")]
    [TestCase("https://user:password@evil.example/")]
    [TestCase("no address")]
    public void Links_RunbookThatIsNone_IsLeftOut(string runbook)
    {
        var alert = SampleNotifications.Alert();
        var message = MessageBuilder.Of(
            SampleNotifications.Of(alert with { Annotations = alert.Annotations.With(("runbook_url", runbook)) }), Chinese, Dashboard);

        Assert.That(message.Links, Has.Count.EqualTo(1));
    }

    [TestCase("https://a.example/x)![y](https://evil.example")]
    [TestCase("https://a.example/\"><script>")]
    public void Link_AddressThatEndsTheLink_StaysOneAddress(string runbook)
    {
        var url = new Uri(runbook);

        Assert.That(Markup.FullWidth.Link(url, "x").Count(letter => letter is '(' or ')'), Is.EqualTo(2));
        Assert.That(Markup.Html.Link(url, "x").Count(letter => letter == '<'), Is.EqualTo(2));
        Assert.That(Markup.Backslash.Link(url, "x").Count(letter => letter is '<' or '>'), Is.EqualTo(2));
    }

    private static Notification Acknowledged(GroupedAlert alert) => SampleNotifications.Of(alert with
    {
        Annotations = new CareTaken("rosa", SampleNotifications.At - TimeSpan.FromMinutes(5)).Annotate(alert.Annotations),
    });

    private static GroupedAlert OfPrometheus(int node) => SampleNotifications.Alert(node) with
    {
        Labels = LabelSet.Of(("alertname", "HostHighCpu"), ("severity", "warning"), ("instance", $"node-{node}:9100")),
        Annotations = LabelSet.Of(("summary", "CPU is busy")),
    };

    private static string Text(Notification notification, MessageStyle style)
    {
        var message = MessageBuilder.Of(notification, style, Dashboard);
        return $"{message.Title}\n\n{MessageText.Write(message, style, Markup.Plain, step: 0)}";
    }
}
