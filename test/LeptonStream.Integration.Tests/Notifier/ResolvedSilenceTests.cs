using LeptonStream.Alerting.Muting;
using LeptonStream.Alerts;
using LeptonStream.Notifier.Journal;
using LeptonStream.Series;
using LeptonStream.Storage;
using LeptonStream.Testing;
using static LeptonStream.Integration.Tests.Notifier.JournalRig;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>Silences until resolved in the journal: quiet period 60 s, maximum 1000 s.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.PostgreSql)]
public sealed class ResolvedSilenceTests(DatabaseKind kind) : JournalFixture(kind)
{
    private AlertJournal _journal = null!;

    [SetUp]
    public async Task Prepare()
    {
        _journal = await Rig.Open();
        await AddSilence();
    }

    [Test]
    public async Task End_AlertsAreOverForTheQuietPeriod_EndsItAndTheNextAlertIsSent()
    {
        await Apply(_journal, 0, Record(AlertEvents.Opened("latency"), 0));
        await EndAt(5);
        await Apply(_journal, 100, Record(AlertEvents.Resolved("latency", 100), 1));

        Assert.That((await EndAt(105), await EndAt(164), await EndAt(165), await EndAt(170)), Is.EqualTo((0, 0, 1, 0)));
        Assert.That(await Ends(), Is.EqualTo(165));
        Assert.That(await Rig.Rows<string>("select action || ' ' || actor || ' ' || silence_id || ' ' || detail from audit"),
            Is.EqualTo(new[] { "silence_expired lepton notifier s1 {\"reason\":\"resolved\"}" }));
        await Apply(_journal, 200, Record(AlertEvents.Opened("latency", 200, model: "other"), 2));
        await Flush(_journal, 205);
        Assert.That(await Rig.Told(), Is.EqualTo(new[] { "205s ops: first notification +latency" }));
    }

    [Test]
    public async Task End_AnotherAlertFires_CountsForNothing()
    {
        await Apply(_journal, 0, Record(AlertEvents.Opened("latency"), 0), Record(AlertEvents.Opened("errors"), 1));
        await EndAt(5);
        await Apply(_journal, 10, Record(AlertEvents.Resolved("latency", 10), 2));
        await EndAt(20);

        Assert.That(await EndAt(80), Is.EqualTo(1));
    }

    [Test]
    public async Task End_NothingMatchedYet_HoldsUntilItsMaximum()
    {
        Assert.That((await EndAt(5), await EndAt(900), await EndAt(1000)), Is.EqualTo((0, 0, 0)));
        Assert.That(await Ends(), Is.EqualTo(1000));
    }

    [Test]
    public async Task End_StillFiring_HoldsUntilItsMaximum()
    {
        await Apply(_journal, 0, Record(AlertEvents.Opened("latency"), 0));
        for (var at = 5; at < 1000; at += 100) await EndAt(at);
        await Flush(_journal, 900);
        var quiet = await Rig.Told();
        await Flush(_journal, 1000);

        Assert.That(quiet, Is.Empty);
        Assert.That(await Rig.Told(), Has.Length.EqualTo(1));
    }

    private Task<int> EndAt(double at) => _journal.EndResolvedSilences(AlertEvents.At(at), CancellationToken.None);

    private async Task<double> Ends() =>
        (await Rig.Scalar<long>("select ends_at from silence") - AlertEvents.Start.UnixMilliseconds) / 1000.0;

    // As the dashboard writes it down.
    private Task<int> AddSilence() => Rig.Database.Write(transaction => transaction.Execute(
        """
        insert into silence (id, matchers, starts_at, ends_at, created_by, comment, created_at, updated_at, quiet_ms)
        values ('s1', @matchers, @from, @to, 'rosa', 'repair', @from, @from, 60000)
        """,
        new
        {
            matchers = MatcherJson.Write([Matcher.Of("metric", MatchOperator.Equal, "latency")]),
            from = AlertEvents.At(0).UnixMilliseconds,
            to = AlertEvents.At(1000).UnixMilliseconds,
        }));
}
