using LeptonStream.Alerting;
using LeptonStream.Alerting.Remediation;
using LeptonStream.Alerts;
using LeptonStream.Notifier.Journal;
using LeptonStream.Notifier.Remediation;
using LeptonStream.Notifier.Routing;
using LeptonStream.Series;
using LeptonStream.Storage;
using LeptonStream.Testing;
using static LeptonStream.Integration.Tests.Notifier.JournalRig;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>
/// Actions through the journal, in the test's time: a policy that retrains after a minute, once in half an hour for a model, three times an
/// hour at most, and whose alerts must recover within ten minutes.
/// </summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.PostgreSql)]
public sealed class RemediationJournalTests(DatabaseKind kind) : JournalFixture(kind)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private static readonly RemediationPolicy Automatic = new()
    {
        Name = "again",
        Matchers = [Matcher.Of("metric", MatchOperator.Matches, "latency.*")],
        After = TimeSpan.FromSeconds(60),
        Mode = RemediationMode.Automatic,
        VerifyWithin = TimeSpan.FromSeconds(600),
        Remedy = new(RemedyKind.Kafka, "retrain", [new("model", null, "model")], new Dictionary<string, string> { ["data"] = "last_week" }),
    };

    private readonly List<RemediationRow> _executed = [];
    private TimeSpan _verifyWithin;
    private long _offset;

    [SetUp]
    public void Forget()
    {
        _executed.Clear();
        (_verifyWithin, _offset) = (Automatic.VerifyWithin, 0);
    }

    [Test]
    public async Task Remediate_OpenForLongEnough_StartsOnceAndIsVerifiedWhenItRecovers()
    {
        var journal = await Open(Automatic);
        await Happen(journal, 0, AlertEvents.Opened("latency"));
        await Pass(journal, 0, 55);
        Assert.That(await States(), Is.EqualTo(new[] { "planned" }));
        await Pass(journal, 60, 90);
        Assert.That(await States(), Is.EqualTo(new[] { "done" }));
        await Happen(journal, 100, AlertEvents.Resolved("latency", 100));
        await Pass(journal, 100, 900);

        Assert.That(await States(), Is.EqualTo(new[] { "verified" }));
        Assert.That(_executed, Has.Count.EqualTo(1));
        Assert.That(await Audit(), Is.EquivalentTo(new[] { "action_running", "action_done", "action_verified" }));
        Assert.That((await Rig.Told()).Where(line => line.Contains("failed", StringComparison.Ordinal)), Is.Empty);
        var request = AlertingJson.Read<ActionRequest>(_executed[0].Payload!);
        Assert.That((request.Action, request.Model, request.Parameters, request.Id),
            Is.EqualTo(("retrain", "llama-70b", LabelSet.Of(("data", "last_week")), _executed[0].ActionId)));
    }

    [Test]
    public async Task Remediate_DoesNotRecover_FailsAndNotifiesEveryoneAgainAndEscalates()
    {
        var routing = ByModel();
        var journal = await Open(
            routing with { Route = routing.Route with { Escalation = [new(TimeSpan.FromHours(2), ["pager"], null)] } }, Automatic);
        await Happen(journal, 0, AlertEvents.Opened("latency"));
        await Pass(journal, 0, 900);

        Assert.That(await States(), Is.EqualTo(new[] { "failed not_recovered" }));
        Assert.That(await Rig.Told(), Is.EquivalentTo(new[]
        {
            "5s ops: first notification +latency", "660s ops: action failed +latency", "660s pager: first notification +latency",
        }));
        Assert.That(await LastSummary(), Does.StartWith("The action again failed, the alert did not recover: "));
        await Happen(journal, 910, AlertEvents.Resolved("latency", 910));
        await Pass(journal, 910, 1000);
        Assert.That((await Rig.Told())[3..], Has.Length.EqualTo(2).And.All.Contains("all alerts resolved -latency"));
        Assert.That(await LastSummary(), Does.Not.Contain("failed"), "it is over");
    }

    [TestCase("acknowledgement")]
    [TestCase("silence")]
    [TestCase("maintenance")]
    [TestCase("inhibition")]
    public async Task Remediate_Suppressed_StartsNothingAndWaitsAgainWhenItIsNotAnyMore(string cause)
    {
        var routing = ByModel() with
        {
            InhibitRules = cause != "inhibition" ? [] :
            [
                new()
                {
                    Source = [Matcher.Of("metric", MatchOperator.Equal, "power")],
                    Target = [Matcher.Of("metric", MatchOperator.Equal, "latency")], Equal = [],
                },
            ],
            Maintenance = cause != "maintenance" ? [] : [new() { Name = "drivers", From = AlertEvents.At(0), Until = AlertEvents.At(300) }],
        };
        var journal = await Open(routing, Automatic);
        await Happen(journal, 0, AlertEvents.Opened("latency"));
        var alertId = AlertEvents.Opened("latency").AlertId;
        if (cause == "inhibition") await Happen(journal, 0, AlertEvents.Opened("power"));
        if (cause == "acknowledgement")
            await Sql($"insert into alert_care (alert_id, acknowledged_by, acknowledged_at) values ('{alertId}', 'rosa', 0)");
        if (cause == "silence") await Silence(until: 300);
        await Pass(journal, 0, 295);
        Assert.That(await States(), Is.EqualTo(new[] { $"blocked {cause}" }));

        if (cause == "inhibition") await Happen(journal, 300, AlertEvents.Resolved("power", 300));
        if (cause == "acknowledgement") await Sql("update alert_care set acknowledged_by = null");
        await Pass(journal, 300, 355);
        Assert.That(await States(), Is.EqualTo(new[] { "planned" }), "the minute begins when nothing suppresses it");
        await Pass(journal, 360, 370);
        Assert.That(await States(), Is.EqualTo(new[] { "done" }));
    }

    [Test]
    public async Task Remediate_DryRun_ExecutesNothingAndShowsTheBounds()
    {
        var journal = await Open(Automatic with { Mode = RemediationMode.DryRun, LimitMax = 1 });
        await Happen(journal, 0, AlertEvents.Opened("latency"), AlertEvents.Opened("latency", model: "other"));
        await Pass(journal, 0, 200);
        await Happen(journal, 210, AlertEvents.Resolved("latency", 210), AlertEvents.Resolved("latency", 210, model: "other"));
        await Pass(journal, 210, 250);

        Assert.That(await States(), Is.EquivalentTo(new[] { "dry_run", "expired alert_over" }));
        Assert.That(_executed, Is.Empty);
    }

    [Test]
    public async Task Remediate_NeedsApproval_RunsWhenApprovedAndExpiresOtherwise()
    {
        var journal = await Open(Automatic with { Mode = RemediationMode.Approve, ApproveWithin = TimeSpan.FromSeconds(600) });
        await Happen(journal, 0, AlertEvents.Opened("latency"), AlertEvents.Opened("latency", model: "other"));
        await Pass(journal, 0, 300);
        Assert.That(await States(), Is.EqualTo(new[] { "waiting_approval", "waiting_approval" }));
        Assert.That(_executed, Is.Empty);

        await Sql("update remediation set state = 'approved', actor = 'rosa' where model = 'other'");
        await Pass(journal, 305, 700);
        Assert.That(await States(), Is.EquivalentTo(new[] { "done", "expired not_approved" }));
        Assert.That(_executed.Select(row => row.Actor), Is.EqualTo(new[] { "rosa" }));
    }

    [Test]
    public async Task Remediate_ApprovedAndThenSilenced_StartsNothing()
    {
        var journal = await Open(Automatic with { Mode = RemediationMode.Approve });
        await Happen(journal, 0, AlertEvents.Opened("latency"));
        await Pass(journal, 0, 100);
        await Silence(until: 5000);
        await Sql("update remediation set state = 'approved', actor = 'rosa'");
        await Pass(journal, 105, 200);

        Assert.That(await States(), Is.EqualTo(new[] { "blocked silence" }));
        Assert.That(_executed, Is.Empty);
    }

    [Test]
    public async Task Remediate_SameTargetWithinTheCooldown_WaitsUntilItIsOver()
    {
        _verifyWithin = TimeSpan.FromHours(10);
        var journal = await Open(Automatic);
        await Happen(journal, 0, AlertEvents.Opened("latency"));
        await Pass(journal, 0, 100);
        await Happen(journal, 100, AlertEvents.Opened("latency_p99", 100));
        await Pass(journal, 100, 300);
        Assert.That(await States(), Is.EqualTo(new[] { "done", "blocked cool_down" }));
        await Pass(journal, 1855, 1870);
        Assert.That(await States(), Is.EqualTo(new[] { "done", "done" }), "the first one started at 60 s");
    }

    [TestCase(false, 3)]
    [TestCase(true, 10)]
    public async Task Remediate_StormOfAlerts_StartsNoMoreThanTheLimitInAnyWindow(bool isPerModel, int expected)
    {
        var policy = Automatic with { LimitMax = 3, IsLimitPerModel = isPerModel };
        var (one, two) = (await Open(policy), await Open(policy));
        await Happen(one, 0, [.. Enumerable.Range(0, 10).Select(model => AlertEvents.Opened("latency", model: $"m{model}"))]);
        for (var at = 0; at <= 300; at += 5)
            await Task.WhenAll(one.Remediate(AlertEvents.At(at), default), two.Remediate(AlertEvents.At(at), default));
        Assert.That((await States()).Count(state => state == "running"), Is.EqualTo(expected));
        for (var at = 3655; at <= 3670; at += 5)
            await Task.WhenAll(one.Remediate(AlertEvents.At(at), default), two.Remediate(AlertEvents.At(at), default));

        Assert.That((await States()).Count(state => state == "running"), Is.EqualTo(Math.Min(2 * expected, 10)), "the next window");
    }

    [Test]
    public async Task Remediate_ProcessDiesBetweenExecutionAndDone_ExecutesAgainUnderTheSameId()
    {
        var journal = await Open(Automatic);
        await Happen(journal, 0, AlertEvents.Opened("latency"));
        await Pass(journal, 0, 55);
        await journal.Remediate(AlertEvents.At(60), default);
        var outbox = new RemediationOutbox(Rig.Database);
        var dead = await outbox.Claim(AlertEvents.At(60), Lease, default);
        Assert.That(await outbox.Claim(AlertEvents.At(61), Lease, default), Is.Null, "another one has it");

        await Pass(await Open(Automatic), 65, 200);
        Assert.That(await outbox.Done(dead!, "late", TimeSpan.FromHours(1), AlertEvents.At(205), default), Is.False,
            "the one that was held up says nothing any more");
        Assert.That(_executed.Single(), Has.Property("ActionId").EqualTo(dead!.ActionId).And.Property("Attempts").EqualTo(2));
        Assert.That(await States(), Is.EqualTo(new[] { "done" }));
    }

    [Test]
    public async Task Remediate_RecoversBeforeItIsExecuted_ExecutesNothing()
    {
        var journal = await Open(Automatic);
        await Happen(journal, 0, AlertEvents.Opened("latency"));
        await Pass(journal, 0, 55);
        await journal.Remediate(AlertEvents.At(60), default);
        await Happen(journal, 61, AlertEvents.Resolved("latency", 61));
        await Pass(journal, 61, 100);

        Assert.That(await States(), Is.EqualTo(new[] { "expired alert_over" }));
        Assert.That(_executed, Is.Empty);
    }

    [Test]
    public async Task Remediate_CannotBeExecuted_FailsWithItsErrorAndNotifies()
    {
        var journal = await Open(Automatic);
        await Happen(journal, 0, AlertEvents.Opened("latency"));
        await Step(journal, 0);
        await Step(journal, 5);
        await journal.Remediate(AlertEvents.At(60), default);
        var outbox = new RemediationOutbox(Rig.Database);
        await outbox.Fail((await outbox.Claim(AlertEvents.At(60), Lease, default))!, "HTTP 403 Forbidden", AlertEvents.At(60), default);
        await Pass(journal, 65, 100);

        Assert.That(await States(), Is.EqualTo(new[] { "failed HTTP 403 Forbidden" }));
        Assert.That((await Rig.Told())[^1], Is.EqualTo("65s ops: action failed +latency"));
        Assert.That(await LastSummary(), Does.StartWith("The action again failed (HTTP 403 Forbidden): "));
        Assert.That((await Audit()).Count(action => action == "action_failed"), Is.EqualTo(1));
    }

    [Test]
    public async Task Remediate_ThePolicyIsGone_StartsNothing()
    {
        await Happen(await Open(Automatic), 0, AlertEvents.Opened("latency"));
        await Pass(await Open(Automatic), 0, 30);
        await Pass(await Open(), 35, 100);

        Assert.That(await States(), Is.EqualTo(new[] { "expired policy_gone" }));
    }

    [Test]
    public async Task Remediate_EndsWithoutRecovery_IsNeitherVerifiedNorFailed()
    {
        var journal = await Open(Automatic);
        await Happen(journal, 0, AlertEvents.Opened("latency"));
        await Pass(journal, 0, 90);
        await Happen(journal, 100, AlertEvents.Closed("latency", 100, EndedReason.Gone));
        await Pass(journal, 100, 900);

        Assert.That(await States(), Is.EqualTo(new[] { "done gone" }));
    }

    [Test]
    public async Task Remediate_TestAlertsAndWatchdogs_StartNothing()
    {
        var journal = await Open(Automatic);
        foreach (var name in (string[])["LeptonStreamTest", "Watchdog", "LeptonStreamStateGap"])
        {
            var alert = AlertEvents.Opened("latency", model: name);
            await Happen(journal, 0, alert with { RoutingLabels = alert.RoutingLabels.With(("alertname", name)) });
        }

        await Pass(journal, 0, 100);
        Assert.That(await States(), Is.Empty);
    }

    [Test]
    public async Task Remediate_ALabelOfTheTargetIsMissing_IsBlockedAndSaysWhich()
    {
        var journal = await Open(Automatic with
        {
            Remedy = new(RemedyKind.Kubernetes, "cordon", [new("node", null, "host")], new Dictionary<string, string>()),
        });
        await Happen(journal, 0, AlertEvents.Opened("latency"));
        await Pass(journal, 0, 100);

        Assert.That(await States(), Is.EqualTo(new[] { "blocked no label host" }));
    }

    private Task<AlertJournal> Open(params RemediationPolicy[] policies) => Open(ByModel(), policies);

    private Task<AlertJournal> Open(RoutingConfig config, params RemediationPolicy[] policies)
    {
        config = config with { Route = config.Route with { RepeatInterval = TimeSpan.FromDays(1) } };
        return Rig.Open(new RoutingSource(RoutingOf(config).Current with { Policies = policies }));
    }

    private Task<JournalOutcome> Happen(AlertJournal journal, double at, params AlertEvent[] events) =>
        Apply(journal, at, [.. events.Select(alert => Record(alert, _offset++))]);

    private async Task Pass(AlertJournal journal, int from, int to)
    {
        for (var at = from; at <= to; at += 5) await Step(journal, at);
    }

    // A round of the worker, and one of the runner, to which everything succeeds.
    private async Task Step(AlertJournal journal, int at)
    {
        var now = AlertEvents.At(at);
        await Flush(journal, at);
        await journal.Remediate(now, CancellationToken.None);
        await journal.Escalate(now, CancellationToken.None);
        await Flush(journal, at);
        var outbox = new RemediationOutbox(Rig.Database);
        while (await outbox.Claim(now, Lease, CancellationToken.None) is { } row)
        {
            _executed.Add(row);
            await outbox.Done(row, "ok", _verifyWithin, now, CancellationToken.None);
        }
    }

    private Task<string[]> States() => Rig.Rows<string>("select state || coalesce(' ' || reason, '') from remediation order by action_id");

    private Task<string[]> Audit() =>
        Rig.Rows<string>("select action from audit where action like 'action%' order by at, audit_id");

    private async Task<string?> LastSummary() => AlertingJson.Read<Notification>(
        (await Rig.Rows<string>("select payload from notification where receiver = 'ops' order by seq"))[^1])
        .Alerts[0].Annotations["summary"];

    private Task<int> Sql(string sql) => Rig.Database.Write(transaction => transaction.Execute(sql));

    private Task<int> Silence(int until) => Rig.Database.Write(transaction => transaction.Execute(
        """
        insert into silence (id, matchers, starts_at, ends_at, created_by, comment, created_at, updated_at)
        values ('s', @matchers, 0, @until, 'rosa', '', 0, 0)
        """,
        new
        {
            matchers = """[{"name":"metric","value":"latency","isRegex":false,"isEqual":true}]""",
            until = AlertEvents.At(until).UnixMilliseconds,
        }));
}
