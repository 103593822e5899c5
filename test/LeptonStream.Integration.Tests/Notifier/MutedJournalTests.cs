using Dapper;
using LeptonStream.Alerting;
using LeptonStream.Alerting.Muting;
using LeptonStream.Alerts;
using LeptonStream.Series;
using LeptonStream.Storage;
using LeptonStream.Testing;
using static LeptonStream.Integration.Tests.Notifier.JournalRig;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>Silences and inhibition as the journal has them: group_wait 5 s, group_interval 60 s, one group for each model.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.PostgreSql)]
public sealed class MutedJournalTests(DatabaseKind kind) : JournalFixture(kind)
{
    [Test]
    public async Task Flush_SilencedAlert_IsRecordedForAsLongAsItIsLeftOut()
    {
        var journal = await Rig.Open();
        await AddSilence("s1", "latency", from: 0, to: 100);
        await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 0), Record(AlertEvents.Opened("errors"), 1));

        await Flush(journal, 5);
        await Flush(journal, 65);
        Assert.That(await Suppressions(), Is.EqualTo(new[] { "latency ops: silence [\"s1\"] from 5" }));
        await Flush(journal, 125);

        Assert.That(await Suppressions(), Is.EqualTo(new[] { "latency ops: silence [\"s1\"] from 5 to 125" }));
        Assert.That(await Rig.Told(),
            Is.EqualTo(new[] { "5s ops: first notification +errors", "125s ops: new alerts added +errors +latency" }));
    }

    [Test]
    public async Task Flush_AlertEndsInItsSilence_LeavesItsGroupUnseenAndTheRecordEnds()
    {
        var journal = await Rig.Open();
        await AddSilence("s1", "latency", from: 0, to: 1000);
        await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 0));
        await Apply(journal, 3, Record(AlertEvents.Resolved("latency", 3), 1));

        await Flush(journal, 5);

        Assert.That(await Suppressions(), Is.EqualTo(new[] { "latency ops: silence [\"s1\"] from 5 to 5" }));
        Assert.That(await Rig.Scalar<long>("select count(*) from alert_group"), Is.Zero);
    }

    [Test]
    public async Task Flush_CauseChanges_EndsOneRecordAndBeginsAnother()
    {
        var journal = await Rig.Open(WithInhibition());
        await AddSilence("s1", "latency", from: 0, to: 1000);
        await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 0));
        await Flush(journal, 5);
        await Apply(journal, 10, Record(AlertEvents.Opened("down", 10, AlertSeverity.Critical), 1));

        await Flush(journal, 65);

        var down = AlertEvents.Opened("down").AlertId;
        Assert.That(await Suppressions(),
            Is.EqualTo(new[] { "latency ops: silence [\"s1\"] from 5 to 65", $"latency ops: inhibition [\"{down}\"] from 65" }));
    }

    [Test]
    public async Task Flush_SourceInAGroupOfAnotherProcess_Inhibits()
    {
        var (ours, other) = (await Rig.Open(WithInhibition()), await Rig.Open(WithInhibition()));
        await Apply(ours, 0, Record(AlertEvents.Opened("latency", model: "a"), 0));
        await Apply(other, 4.9, Record(AlertEvents.Opened("down", 4.9, AlertSeverity.Critical, model: "b"), 0, partition: 1));
        await Flush(ours, 5);
        Assert.That(await Rig.Told(), Is.Empty);

        await Apply(other, 60, Record(AlertEvents.Resolved("down", 60, AlertSeverity.Critical, model: "b"), 1, partition: 1));
        await Flush(ours, 65);

        Assert.That((await Rig.Told()).Single(line => line.EndsWith("+latency", StringComparison.Ordinal)),
            Is.EqualTo("65s ops: first notification +latency"));
    }

    [Test]
    public async Task Flush_SourceWasRecordedBeforeLabelsWere_InhibitsAfterARestart()
    {
        var journal = await Rig.Open(WithInhibition());
        await Apply(journal, 0, Record(AlertEvents.Opened("down", 0, AlertSeverity.Critical, model: "b"), 0),
            Record(AlertEvents.Opened("latency", model: "a"), 1));
        await Rig.Rows<int>("update alert set labels = null");

        await Flush(await Rig.Open(WithInhibition()), 5);

        Assert.That(await Rig.Told(), Is.EqualTo(new[] { "5s ops: first notification +down" }));
    }

    [Test]
    public async Task Flush_SilenceThatCannotBeRead_SilencesNothing()
    {
        var journal = await Rig.Open();
        await AddSilence("s1", "latency", from: 0, to: 100, matchers: """[{"name":"metric","value":"(","isRegex":true}]""");
        await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 0));

        await Flush(journal, 5);

        Assert.That(await Rig.Told(), Is.EqualTo(new[] { "5s ops: first notification +latency" }));
    }

    [Test]
    public async Task Flush_SilenceIsChanged_HoldsAsItIsNow()
    {
        var journal = await Rig.Open();
        await AddSilence("s1", "errors", from: 0, to: 1000);
        await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 0), Record(AlertEvents.Opened("errors"), 1));
        await Flush(journal, 5);
        await Rig.Rows<int>($"update silence set matchers = '{Matching("latency")}'");

        await Flush(journal, 65);

        Assert.That(await Rig.Told(), Is.EqualTo(new[] { "5s ops: first notification +latency", "65s ops: new alerts added +errors" }));
    }

    private static RoutingConfig WithInhibition() => ByModel() with
    {
        InhibitRules = [new()
        {
            Source = [Matcher.Of("severity", MatchOperator.Equal, "critical")],
            Target = [Matcher.Of("severity", MatchOperator.Equal, "warning")],
        }],
    };

    private static string Matching(string metric) => MatcherJson.Write([Matcher.Of("metric", MatchOperator.Equal, metric)]);

    private async Task AddSilence(string id, string metric, double from, double to, string? matchers = null)
    {
        await using var connection = await Rig.Database.Open();
        await connection.ExecuteAsync(
            """
            insert into silence (id, matchers, starts_at, ends_at, created_by, comment, created_at, updated_at)
            values (@id, @matchers, @from, @to, 'ann', 'known', @from, @from)
            """,
            new
            {
                id,
                matchers = matchers ?? Matching(metric),
                from = AlertEvents.At(from).UnixMilliseconds,
                to = AlertEvents.At(to).UnixMilliseconds,
            });
    }

    private async Task<IEnumerable<string>> Suppressions()
    {
        var rows = await Rig.Rows<(string Metric, string Receiver, string Cause, string Detail, long Since, long? Until)>(
            """
            select a.metric, s.receiver, s.cause, s.detail, s.since, s.until
            from suppression s join alert a on a.alert_id = s.alert_id order by s.since
            """);
        return rows.Select(row => $"{row.Metric} {row.Receiver}: {row.Cause} {row.Detail} from {Seconds(row.Since)}"
            + (row.Until is { } until ? $" to {Seconds(until)}" : ""));
    }

    private static long Seconds(long milliseconds) => (milliseconds - AlertEvents.Start.UnixMilliseconds) / 1000;
}
