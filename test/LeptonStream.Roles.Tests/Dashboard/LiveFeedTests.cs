using System.Net;
using LeptonStream.Health;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Dashboard;

[Parallelizable]
public sealed class LiveFeedTests
{
    [Test]
    public async Task Connect_AtFirst_SaysAtOnceThatItLivesAndWhereItIs()
    {
        await using var dashboard = await RunningDashboard.Start();
        var seq = await dashboard.Journal.Record(SampleAlerts.Opened());

        await using var live = await LiveConnection.Open(dashboard.Http);
        var first = await live.NextItem();

        Assert.That(live.Answer.Content.Headers.ContentType!.MediaType, Is.EqualTo("text/event-stream"));
        Assert.That(live.Answer.Headers.GetValues("X-Accel-Buffering"), Is.EqualTo(new[] { "no" }));
        Assert.That(first!.Value.EventType, Is.EqualTo("ping"));
        Assert.That(first.Value.Data, Is.EqualTo("""{"journal":"ok"}"""));
        Assert.That(first.Value.EventId, Is.EqualTo($"{seq}"));
    }

    [Test]
    public async Task Roles_DeadOrInTrouble_AreToldToOpenPagesAndToNewOnes()
    {
        await using var dashboard = await RunningDashboard.Start();
        await using var live = await LiveConnection.Open(dashboard.Http);
        await live.NextItem();

        await dashboard.Journal.Report("notifier", TimeSpan.Zero);
        await dashboard.Journal.Report("detector", TimeSpan.Zero,
            RoleProblem.Of(ProblemCode.TopicMissing, ("topic", "lepton.metrics")));
        Assert.That(
            (await live.NextItem())!.Value.Data,
            Is.EqualTo(
                """
                {"journal":"ok","problems":[{"code":"topic_missing",
                "text":"there is no topic lepton.metrics: \u0027lepton topics create\u0027 makes it","values":{"topic":"lepton.metrics"}}]}
                """.ReplaceLineEndings("")));

        await dashboard.Journal.Report("notifier", TimeSpan.FromSeconds(25));
        var dead = (await live.NextItem())!.Value.Data;
        Assert.That(dead,
            Does.StartWith("""{"journal":"ok","problems":[{"code":"role_dead","text":"no notifier is running: the last report is of """));
        await using var late = await LiveConnection.Open(dashboard.Http);
        Assert.That((await late.NextItem())!.Value.Data, Is.EqualTo(dead));
    }

    [Test]
    public async Task Record_WhileConnected_IsToldToEveryClientWithItsNumber()
    {
        await using var dashboard = await RunningDashboard.Start();
        await using var one = await LiveConnection.Open(dashboard.Http);
        await using var other = await LiveConnection.Open(dashboard.Http);

        var alert = SampleAlerts.Opened(metric: "loss");
        var opened = await dashboard.Journal.Record(alert);
        Assert.That(await one.Next(), Is.EqualTo(("alert", "loss firing")));
        Assert.That(await other.Next(), Is.EqualTo(("alert", "loss firing")));
        Assert.That(one.LastEventId, Is.EqualTo($"{opened}"));

        await dashboard.Journal.Record(SampleAlerts.Resolved(alert));
        Assert.That(await one.Next(), Is.EqualTo(("alert", "loss resolved")));
    }

    [Test]
    public async Task Connect_WithLastEventId_ResumesBehindIt()
    {
        await using var dashboard = await RunningDashboard.Start();
        string? last;
        await using (var before = await LiveConnection.Open(dashboard.Http))
        {
            await dashboard.Journal.Record(SampleAlerts.Opened(metric: "seen"));
            await before.Next();
            last = before.LastEventId;
        }

        var missed = SampleAlerts.Opened(metric: "missed");
        await dashboard.Journal.RecordAll([missed, SampleAlerts.Opened(metric: "missed too"), SampleAlerts.Resolved(missed)]);
        await using var after = await LiveConnection.Open(dashboard.Http, last);

        Assert.That(await after.Next(), Is.EqualTo(("alert", "missed too firing")));
        Assert.That(await after.Next(), Is.EqualTo(("alert", "missed resolved")), "each alert once, as it is now");
        await dashboard.Journal.Record(SampleAlerts.Opened(metric: "new"));
        Assert.That(await after.Next(), Is.EqualTo(("alert", "new firing")));
    }

    [Test]
    public async Task Connect_WithAfter_ResumesBehindTheList()
    {
        await using var dashboard = await RunningDashboard.Start();
        var seq = await dashboard.Journal.Record(SampleAlerts.Opened(metric: "listed"));
        await dashboard.Journal.Record(SampleAlerts.Opened(metric: "later"));

        await using var live = await LiveConnection.Open(dashboard.Http, query: $"?after={seq}");

        Assert.That(await live.Next(), Is.EqualTo(("alert", "later firing")));
    }

    [Test]
    public async Task Connect_WithANumberOfAnotherJournal_IsToldToLoadAgain()
    {
        await using var dashboard = await RunningDashboard.Start();
        var seq = await dashboard.Journal.Record(SampleAlerts.Opened());

        await using var live = await LiveConnection.Open(dashboard.Http, "999999");

        Assert.That((await live.Next()).Kind, Is.EqualTo("reset"));
        Assert.That(live.LastEventId, Is.EqualTo($"{seq}"));
    }

    [Test]
    public async Task Connect_AfterMissingMoreThanIsSentAtOnce_IsToldToLoadAgain()
    {
        await using var dashboard = await RunningDashboard.Start();
        await dashboard.Journal.RecordAll(Enumerable.Range(0, 600).Select(i => SampleAlerts.Opened(metric: $"m{i}")));

        await using var live = await LiveConnection.Open(dashboard.Http, "0");
        Assert.That((await live.Next()).Kind, Is.EqualTo("reset"));

        await dashboard.Journal.Record(SampleAlerts.Opened(metric: "next"));
        // The poller may come to the 600 only now, tell them too and so ask for one more load: what matters is that the next one comes.
        while ((await live.Next()).Told != "next firing") Assert.That(live.LastEventId, Is.Not.EqualTo("601"), "the next one was skipped");
    }

    [Test]
    public async Task Journal_Replaced_MakesPagesLoadAgain()
    {
        await using var dashboard = await RunningDashboard.Start();
        await using var live = await LiveConnection.Open(dashboard.Http);
        await dashboard.Journal.RecordAll([SampleAlerts.Opened(), SampleAlerts.Opened()]);
        for (var i = 0; i < 2; i++) Assert.That((await live.Next()).Kind, Is.EqualTo("alert"));

        await dashboard.Journal.Execute("delete from alert_event; delete from alert; update counter set value = 0 where name = "
            + "'alert_event'");

        Assert.That((await live.Next()).Kind, Is.EqualTo("reset"));
        await dashboard.Journal.Record(SampleAlerts.Opened(metric: "first again"));
        Assert.That(await live.Next(), Is.EqualTo(("alert", "first again firing")));
    }

    [Test]
    public async Task Journal_StopsAnswering_IsToldAndMadeUpFor()
    {
        await using var dashboard = await RunningDashboard.Start();
        await using var live = await LiveConnection.Open(dashboard.Http);
        await live.NextItem();

        await dashboard.Journal.Execute("alter table alert rename to away");
        await dashboard.Journal.Execute("alter table alert_event rename to event_away");
        Assert.That((await live.NextItem())!.Value.Data, Is.EqualTo("""{"journal":"unreachable"}"""));

        await dashboard.Journal.Execute("alter table away rename to alert");
        await dashboard.Journal.Execute("alter table event_away rename to alert_event");
        Assert.That((await live.NextItem())!.Value.Data, Is.EqualTo("""{"journal":"ok"}"""));
        await dashboard.Journal.Record(SampleAlerts.Opened(metric: "after"));
        Assert.That(await live.Next(), Is.EqualTo(("alert", "after firing")));
    }

    [Test]
    public async Task Heartbeat_Comes_WithoutAnyAlert()
    {
        await using var dashboard = await RunningDashboard.Start(("Dashboard:HeartbeatSeconds", "1"));
        await using var live = await LiveConnection.Open(dashboard.Http);

        // With the default of 15 seconds the third would come after half a minute.
        for (var i = 0; i < 3; i++)
            Assert.That((await live.NextItem().WaitAsync(TimeSpan.FromSeconds(12)))!.Value.EventType, Is.EqualTo("ping"));
    }

    [TestCase("-1")]
    [TestCase("abc")]
    [TestCase("1.5")]
    [TestCase("9223372036854775808")]
    public async Task Connect_WithNoNumber_IsRefused(string lastEventId)
    {
        await using var dashboard = await RunningDashboard.Start();
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/live");
        request.Headers.Add("Last-Event-ID", lastEventId);

        using var answer = await dashboard.Http.SendAsync(request);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task Connect_MoreThanAllowed_IsRefusedUntilOneLeaves()
    {
        await using var dashboard = await RunningDashboard.Start(("Dashboard:MaxClients", "1"), ("Dashboard:HeartbeatSeconds", "1"));
        await using (var first = await LiveConnection.Open(dashboard.Http))
        {
            await first.NextItem();
            using var refused = await dashboard.Http.GetAsync("api/v1/live");
            Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
            Assert.That(refused.Headers.RetryAfter!.Delta, Is.EqualTo(TimeSpan.FromSeconds(10)));
        }

        Assert.That(async () => await TryConnect(dashboard), Is.EqualTo(HttpStatusCode.OK).After(10_000, 100));
    }

    [Test]
    public async Task Stop_WithOpenPages_EndsThem()
    {
        await using var dashboard = await RunningDashboard.Start();
        await using var live = await LiveConnection.Open(dashboard.Http);
        await live.NextItem();

        // A server that waits for its pages does so for 30 seconds.
        await dashboard.Stop().WaitAsync(TimeSpan.FromSeconds(20));

        Assert.That(await live.NextItem(), Is.Null);
    }

    private static async Task<HttpStatusCode> TryConnect(RunningDashboard dashboard)
    {
        using var answer = await dashboard.Http.GetAsync("api/v1/live", HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode;
    }
}
