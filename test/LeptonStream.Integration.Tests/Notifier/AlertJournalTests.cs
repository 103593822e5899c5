using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using LeptonStream.Alerting;
using LeptonStream.Alerts;
using LeptonStream.Storage;
using LeptonStream.Testing;
using static LeptonStream.Integration.Tests.Notifier.JournalRig;

namespace LeptonStream.Integration.Tests.Notifier;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.PostgreSql)]
public sealed class AlertJournalTests(DatabaseKind kind) : JournalFixture(kind)
{
    [Test]
    public async Task Apply_SameBatchAgain_ChangesNothing()
    {
        var journal = await Rig.Open();
        var records = new[] { Record(AlertEvents.Opened("latency"), 0), Record(AlertEvents.Opened("errors"), 1) };

        var first = await Apply(journal, 0, records);
        var second = await Apply(journal, 1, records);

        Assert.That((first.Recorded, first.Skipped), Is.EqualTo((2, 0)));
        Assert.That((second.Recorded, second.Skipped), Is.EqualTo((0, 2)));
        Assert.That(await Rig.Rows<long>("select seq from alert_event order by seq"), Is.EqualTo(new[] { 1L, 2L }));
    }

    [Test]
    public async Task Apply_SameEventAtAnotherOffset_IsRepeatedAndOnlyMovesThePosition()
    {
        var journal = await Rig.Open();
        await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 0));

        var outcome = await Apply(journal, 1, Record(AlertEvents.Opened("latency"), 7, partition: 1));

        Assert.That((outcome.Recorded, outcome.Repeated), Is.EqualTo((0, 1)));
        Assert.That(await journal.Positions.Of(Topic, CancellationToken.None),
            Is.EquivalentTo(new Dictionary<int, long> { [0] = 1, [1] = 8 }));
    }

    [Test]
    public async Task Apply_KnownEventIdWithAnotherContent_IsKeptAsAConflictAndChangesNothing()
    {
        var journal = await Rig.Open();
        var opened = AlertEvents.Opened("latency");
        var other = AlertEvents.Opened("errors", severity: AlertSeverity.Critical, model: "other") with { Id = opened.Id };
        await Apply(journal, 0, Record(opened, 0));

        var outcome = await Apply(journal, 1, Record(other, 1));
        await Apply(journal, 2, Record(other, 2));

        Assert.That((outcome.Recorded, outcome.Repeated, outcome.Conflicts), Is.EqualTo((0, 0, 1)));
        Assert.That(await Rig.Rows<string>("select metric from alert_event"), Is.EqualTo(new[] { "latency" }));
        Assert.That(await Rig.Rows<(string, string, long)>("select known_id, payload, kafka_offset from event_conflict"),
            Is.EqualTo(new[] { (opened.Id, Record(other, 1).Text, 1L) }), "kept once, as it came first");
        Assert.That((await journal.Positions.Of(Topic, CancellationToken.None))[0], Is.EqualTo(3));
    }

    [Test]
    public async Task Apply_KnownAlertIdOfAnotherSeries_IsKeptAsAConflictAndTheAlertStays()
    {
        var journal = await Rig.Open();
        var opened = AlertEvents.Opened("latency");
        await Apply(journal, 0, Record(opened, 0));

        var foreign = AlertEvents.Resolved("errors", 10) with { AlertId = opened.AlertId };
        var outcome = await Apply(journal, 10, Record(foreign, 1), Record(AlertEvents.Updated("latency", 11, AlertSeverity.Critical), 2));

        Assert.That((outcome.Recorded, outcome.Conflicts), Is.EqualTo((1, 1)));
        Assert.That(await Rig.Scalar<(string, string, string)>("select status, severity, metric from alert"),
            Is.EqualTo(("firing", "critical", "latency")));
        Assert.That(await Rig.Scalar<(string, string)>("select event_id, known_id from event_conflict"),
            Is.EqualTo((foreign.Id, opened.AlertId)));
    }

    [Test]
    public async Task Apply_ConflictWithinOneBatch_IsKeptToo()
    {
        var journal = await Rig.Open();
        var opened = AlertEvents.Opened("latency");

        var outcome = await Apply(journal, 0, Record(opened, 0), Record(opened with { Score = 9 }, 1), Record(opened, 2));

        Assert.That((outcome.Recorded, outcome.Repeated, outcome.Conflicts), Is.EqualTo((1, 1, 1)));
    }

    [Test]
    public async Task Apply_AlertRecordedBeforeSeriesWereKept_IsGoneOnWith()
    {
        var journal = await Rig.Open();
        await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 0));
        await Rig.Rows<int>("update alert set series = null");

        var outcome = await Apply(journal, 10, Record(AlertEvents.Resolved("latency", 10), 1));

        Assert.That((outcome.Recorded, outcome.Conflicts), Is.EqualTo((1, 0)));
        Assert.That(await Rig.Scalar<string>("select series from alert"), Is.Not.Null);
    }

    [Test]
    public async Task Apply_ProgressAndAnEndWithoutRecovery_AreRecordedAsSuch()
    {
        var journal = await Rig.Open();

        await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 0), Record(AlertEvents.Progress("latency", 60), 1));
        await Flush(journal, 65);
        await Apply(journal, 90, Record(AlertEvents.Closed("latency", 90, EndedReason.Gone), 2));
        await Flush(journal, 130);

        Assert.That(await Rig.Rows<(string, long, string?)>("select type, progress, ended_reason from alert_event order by seq"),
            Is.EqualTo(new[] { ("opened", 0L, null), ("updated", 1L, null), ("resolved", 0L, (string?)"gone") }));
        Assert.That(await Rig.Scalar<(string, string)>("select status, ended_reason from alert"), Is.EqualTo(("resolved", "gone")));
        Assert.That(await Rig.Told(), Is.EqualTo(
            new[] { "65s ops: first notification +latency", "130s ops: all alerts resolved -latency" }));
        var told = AlertingJson.Read<Notification>(
            (await Rig.Rows<string>("select payload from notification order by seq"))[1]).Alerts.Single();
        Assert.That((told.IsClosedUnrecovered, told.Annotations["summary"]),
            Is.EqualTo(
            (true, AlertEvents.Resolved("latency").English.Summary)));
    }

    [Test]
    public async Task Apply_FiringUpdatedResolved_AlertIsAsItsLastEventLeftIt()
    {
        var journal = await Rig.Open();
        var (opened, updated, resolved) =
            (AlertEvents.Opened("latency"), AlertEvents.Updated("latency", 10, AlertSeverity.Critical),
            AlertEvents.Resolved("latency", 20, AlertSeverity.Critical));

        await Apply(journal, 0, Record(opened, 0), Record(updated, 1));
        var firing = await Rig.Scalar<(string, string, long?, long)>("select status, severity, resolved_at, seq from alert");
        await Apply(journal, 20, Record(resolved, 2));
        var over = await Rig.Scalar<(string, string, long?, long)>("select status, severity, resolved_at, seq from alert");

        Assert.That(firing, Is.EqualTo(("firing", "critical", (long?)null, 2L)));
        Assert.That(over, Is.EqualTo(("resolved", "critical", (long?)resolved.DetectedAt.UnixMilliseconds, 3L)));
    }

    [Test]
    public async Task Apply_RecordWithoutEvent_OnlyMovesThePosition()
    {
        var journal = await Rig.Open();

        await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 4) with { Event = null, Payload = [] });

        Assert.That((await journal.Positions.Of(Topic, CancellationToken.None))[0], Is.EqualTo(5));
        Assert.That(await Rig.Scalar<long>("select count(*) from alert_event"), Is.Zero);
    }

    [Test]
    public async Task Apply_SeveralWriters_GivesNumbersInCommitOrderWithoutAGap()
    {
        const int Writers = 4, Batches = 10, Size = 5;
        await Rig.Open();
        var seen = new List<long>();
        using var done = new CancellationTokenSource();
        var reader = Task.Run(async () =>
        {
            // What the dashboard does: ask for what lies behind the last number seen.
            for (var finished = false; ; finished = done.IsCancellationRequested)
            {
                await using var connection = await Rig.Database.Open();
                seen.AddRange(await connection.QueryAsync<long>(
                    "select seq from alert_event where seq > @last order by seq", new { last = seen.LastOrDefault() }));
                if (finished) return;
            }
        });

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var journal = await Rig.Open();
            for (var batch = 0; batch < Batches; batch++)
                await Apply(journal, batch, [.. Enumerable.Range(batch * Size, Size)
                    .Select(offset => Record(AlertEvents.Opened($"m{writer}-{offset}", model: $"model{offset % 3}"), offset, writer))]);
        })));
        await done.CancelAsync();
        await reader;

        Assert.That(seen, Is.EqualTo(Enumerable.Range(1, Writers * Batches * Size).Select(seq => (long)seq)));
    }

    [Test]
    public async Task Apply_NamesWithNul_AreRecordedVisiblyAndRoutedAsTheyAre()
    {
        var journal = await Rig.Open();

        await Apply(journal, 0, Record(AlertEvents.Opened("lat\0ency", model: "lla\0ma"), 0));
        await Flush(journal, 5);
        await Apply(journal, 10, Record(AlertEvents.Resolved("lat\0ency", 10, model: "lla\0ma"), 1));
        await Flush(journal, 65);

        Assert.That(await Rig.Rows<string>("select model from alert_event"), Is.EqualTo(new[] { "lla␀ma", "lla␀ma" }));
        Assert.That(await Rig.Told(), Is.EqualTo(
            new[] { "5s ops: first notification +lat\0ency", "65s ops: all alerts resolved -lat\0ency" }));
    }

    [Test]
    public async Task Apply_WhatTheDatabaseRefuses_IsToldFromAnOutage()
    {
        var journal = await Rig.Open();
        // Longer than an entry of an index may be in PostgreSQL, and not to be compressed; SQLite has no such limit.
        var model = string.Concat(Enumerable.Range(0, 2_000).Select(i => Convert.ToHexString(BitConverter.GetBytes(i * 2654435761L))));

        var failure = await TryApply();

        if (Kind == DatabaseKind.Sqlite) Assert.That(failure, Is.Null);
        else Assert.That(Database.RefusesContent(failure!), Is.True);

        async Task<DbException?> TryApply()
        {
            try
            {
                await Apply(journal, 0, Record(AlertEvents.Opened("latency", model: model), 0));
                return null;
            }
            catch (DbException refused)
            {
                return refused;
            }
        }
    }

    [Test]
    public async Task Flush_Story_IsThatOfThePurePipeline()
    {
        var journal = await Rig.Open();
        await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 0));
        await Flush(journal, 4.9);
        await Apply(journal, 4.9, Record(AlertEvents.Opened("errors"), 1));
        await Flush(journal, 5);
        await Apply(journal, 30, Record(AlertEvents.Resolved("latency", 30), 2));
        await Flush(journal, 64);

        // From here on another process: everything it needs is in the database.
        journal = await Rig.Open(at: 64);
        await Flush(journal, 65);
        await Flush(journal, 125);
        await Flush(journal, 305);
        await Apply(journal, 310, Record(AlertEvents.Resolved("errors", 310), 3));
        await Flush(journal, 365);

        Assert.That(await Rig.Told(), Is.EqualTo(new[]
        {
            "5s ops: first notification +errors +latency",
            "65s ops: some alerts resolved +errors -latency",
            "305s ops: repeat interval elapsed +errors",
            "365s ops: all alerts resolved -errors",
        }));
        Assert.That(await Rig.Scalar<long>("select count(*) from alert_group"), Is.Zero);
        Assert.That(await Rig.Scalar<long>("select count(*) from alert_group_member"), Is.Zero);
    }

    [Test]
    public async Task Flush_SixProcessesAtOnce_TellEachGroupOnce()
    {
        const int Groups = 150;
        var journals = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Rig.Open()));
        await Apply(journals[0], 0, [.. Enumerable.Range(0, Groups)
            .Select(i => Record(AlertEvents.Opened("latency", model: $"model{i}"), i))]);

        await Task.WhenAll(journals.Select(journal => Task.Run(() => Flush(journal, 5))));

        Assert.That(await Rig.Rows<string>("select group_key from notification"), Is.Unique.And.Exactly(Groups).Items);
        Assert.That(await Rig.Rows<long>("select seq from notification order by seq"),
            Is.EqualTo(Enumerable.Range(1, Groups).Select(seq => (long)seq)));
    }

    [Test]
    public async Task ApplyAndFlush_SideBySide_NeverBlockEachOtherAndLoseNothing()
    {
        const int Writers = 3, Alerts = 40;
        var failures = new ConcurrentQueue<Exception>();
        await Rig.Open();
        using var done = new CancellationTokenSource();
        var flushers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            var journal = await Rig.Open();
            for (var at = 0.0; !done.IsCancellationRequested; at += 30) await Try(() => Flush(journal, at));
        })).ToArray();

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var journal = await Rig.Open();
            for (var i = 0; i < Alerts; i++)
            {
                // Every writer's alerts are in every group.
                var (opened, resolved) = (AlertEvents.Opened($"w{writer}-{i}", i, model: $"m{i % 4}"),
                    AlertEvents.Resolved($"w{writer}-{i}", i + 1, model: $"m{i % 4}"));
                await Try(() => Apply(journal, i, Record(opened, 2 * i, writer)));
                await Try(() => Apply(journal, i + 1, Record(resolved, (2 * i) + 1, writer)));
            }
        })));
        await done.CancelAsync();
        await Task.WhenAll(flushers);
        await Flush(await Rig.Open(), 1_000_000);

        Assert.That(failures, Is.Empty);
        Assert.That(await Rig.Scalar<long>("select count(*) from alert_event"), Is.EqualTo(2 * Writers * Alerts));
        Assert.That(await Rig.Scalar<long>("select count(*) from alert_group"), Is.Zero);
        var told = (await Rig.Rows<string>("select payload from notification order by seq")).Select(AlertingJson.Read<Notification>)
            .SelectMany(notification => notification.Alerts).GroupBy(alert => alert.Fingerprint);
        Assert.That(told.Where(alert => !alert.Last().IsResolved), Is.Empty, "every delivered firing alert got its resolve");

        async Task Try(Func<Task> work)
        {
            try
            {
                await work();
            }
            catch (DbException failure)
            {
                failures.Enqueue(failure);
            }
        }
    }

    [Test]
    public async Task Prepare_OtherRoutes_MovesWhatFiresAndTheOldReceiverHearsTheEnd()
    {
        var journal = await Rig.Open();
        await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 0));
        await Flush(journal, 5);

        journal = await Rig.Open(ByModel("pager"), at: 30);
        await Flush(journal, 30);
        await Flush(journal, 65);

        Assert.That(await Rig.Told(), Is.EqualTo(new[]
        {
            "5s ops: first notification +latency", "30s pager: first notification +latency", "65s ops: all alerts resolved -latency",
        }));
    }

    [Test]
    public async Task Flush_GroupsOfAnotherRouting_AreLeftToItsOwner()
    {
        var old = await Rig.Open();
        await Apply(old, 0, Record(AlertEvents.Opened("latency"), 0));
        var fresh = await Rig.Open(ByModel("pager"), at: 1);
        await Apply(old, 2, Record(AlertEvents.Opened("errors", model: "other"), 1));

        await Flush(fresh, 10);

        Assert.That(await Rig.Told(), Is.EqualTo(new[] { "10s pager: first notification +latency" }));
    }

    // A rolling change of the routes: the old notifier makes one more group, and is gone.
    [Test]
    public async Task Flush_OverdueGroupOfAnOldRouting_IsTakenOver()
    {
        var old = await Rig.Open();
        var fresh = await Rig.Open(ByModel("pager"), at: 1);
        await Apply(old, 2, Record(AlertEvents.Opened("latency", 2), 0), Record(AlertEvents.Opened("errors", 2), 1));

        Assert.That(await fresh.NextFlush(CancellationToken.None), Is.EqualTo(AlertEvents.At(22)), "due at 7, and 15 s more for its owner");
        await Flush(fresh, 22);
        Assert.That(await Rig.Told(), Is.Empty);
        await Flush(fresh, 22.1);

        Assert.That(await Rig.Told(), Is.EqualTo(new[] { "22.1s pager: first notification +errors +latency" }));
        await Apply(fresh, 30, Record(AlertEvents.Resolved("latency", 30), 2), Record(AlertEvents.Resolved("errors", 30), 3));
        await Flush(fresh, 90);
        Assert.That((await Rig.Told())[1..], Is.EqualTo(new[] { "90s pager: all alerts resolved -errors -latency" }));
        Assert.That(await Rig.Scalar<long>("select count(*) from alert_group"), Is.Zero);
    }

    [Test]
    public async Task Flush_OverdueGroupThatTheOldRoutingTold_TellsTheOldReceiverOfTheEnd()
    {
        var old = await Rig.Open();
        var fresh = await Rig.Open(ByModel("pager"), at: 1);
        await Apply(old, 2, Record(AlertEvents.Opened("latency", 2), 0));
        await Flush(old, 7);

        await Flush(fresh, 90);

        Assert.That(await Rig.Told(), Is.EqualTo(new[]
        {
            "7s ops: first notification +latency", "90s ops: all alerts resolved -latency", "90s pager: first notification +latency",
        }).AsCollection);
    }

    [Test]
    public async Task Flush_OverdueGroupsInTwoProcesses_AreTakenOverOnce()
    {
        const int Groups = 40;
        var old = await Rig.Open();
        var fresh = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Rig.Open(ByModel("pager"), at: 1)));
        await Apply(old, 2, [.. Enumerable.Range(0, Groups).Select(i => Record(AlertEvents.Opened("latency", 2, model: $"model{i}"), i))]);

        await Task.WhenAll(fresh.Select(journal => Task.Run(() => Flush(journal, 60))));

        Assert.That(await Rig.Rows<string>("select group_key from notification"), Is.Unique.And.Exactly(Groups).Items);
    }

    [Test]
    public async Task AdoptGroups_RoutingChangedInTheSameProcess_MovesWhatFires()
    {
        var routing = RoutingOf(ByModel());
        var journal = await Rig.Open(routing);
        await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 0));
        await Flush(journal, 5);

        routing.Change(RoutingOf(ByModel("pager")).Current);
        await journal.AdoptGroups(AlertEvents.At(30), CancellationToken.None);
        await Flush(journal, 30);
        await Flush(journal, 65);

        Assert.That(await Rig.Told(), Is.EqualTo(new[]
        {
            "5s ops: first notification +latency", "30s pager: first notification +latency", "65s ops: all alerts resolved -latency",
        }));
    }

    [Test]
    public async Task Apply_AlertEndsInAGroupOfAnotherRouting_TheGroupStaysItsOwners()
    {
        var old = await Rig.Open();
        await Apply(old, 0, Record(AlertEvents.Opened("latency"), 0));
        var fresh = await Rig.Open(ByModel("pager"), at: 1);
        await Flush(fresh, 1);

        await Apply(old, 2, Record(AlertEvents.Resolved("latency", 2), 1));
        await Flush(old, 65);
        var byOld = await Rig.Told();
        await Flush(fresh, 65);

        Assert.That(byOld, Is.EqualTo(new[] { "1s pager: first notification +latency" }));
        Assert.That((await Rig.Told()).Last(), Is.EqualTo("65s pager: all alerts resolved -latency"));
    }

    [Test]
    public async Task Flush_AThousandAlertsInOneGroup_StoresOnlyWhatChanged()
    {
        const int Alerts = 1_000;
        var journal = await Rig.Open();
        for (var batch = 0; batch < 2; batch++)
            await Apply(journal, 0, [.. Enumerable.Range(batch * Alerts / 2, Alerts / 2)
                .Select(i => Record(AlertEvents.Opened($"metric{i}"), i))]);
        await Flush(journal, 5);
        await Apply(journal, 10, [.. Enumerable.Range(0, Alerts - 1)
            .Select(i => Record(AlertEvents.Resolved($"metric{i}", 10), Alerts + i))]);
        await Flush(journal, 65);

        Assert.That(await Rig.Rows<(string, long, long)>("select reason, firing, resolved from notification order by seq"),
            Is.EqualTo(new[] { ("first notification", 1_000L, 0L), ("some alerts resolved", 1L, 999L) }));
        Assert.That(await Rig.Scalar<long>("select count(*) from alert_group_member"), Is.EqualTo(1));
    }

    [Test]
    public async Task MovePosition_BackToTheBegin_LetsTheRecordsInAgain()
    {
        var journal = await Rig.Open();
        await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 500));

        await journal.Positions.Move(Topic, 0, 0, AlertEvents.At(1), CancellationToken.None);
        var outcome = await Apply(journal, 2, Record(AlertEvents.Opened("errors"), 0));

        Assert.That(outcome.Recorded, Is.EqualTo(1));
    }

    [Test]
    public async Task Recognise_ATopicThatWasCreatedAgain_ForgetsItsPositionsOnce()
    {
        var journal = await Rig.Open();
        var (before, after) = (Guid.NewGuid(), Guid.NewGuid());
        Assert.That(await Recognise(before), Is.False, "nothing was known");
        await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 500));
        Assert.That(await Recognise(before), Is.False);
        Assert.That(await journal.Positions.Of(Topic, CancellationToken.None), Has.Count.EqualTo(1));

        Assert.That(await Recognise(after), Is.True);
        Assert.That(await journal.Positions.Of(Topic, CancellationToken.None), Is.Empty);
        Assert.That((await Apply(journal, 2, Record(AlertEvents.Opened("errors"), 0))).Recorded, Is.EqualTo(1));
        Assert.That(await Recognise(after), Is.False);

        Task<bool> Recognise(Guid id) => journal.Positions.Recognise(Topic, id, AlertEvents.At(1), CancellationToken.None);
    }
}
