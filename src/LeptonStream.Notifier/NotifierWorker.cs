using System.Data.Common;
using Confluent.Kafka;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Notifier.Direct;
using LeptonStream.Notifier.Journal;
using LeptonStream.Notifier.Lifecycle;
using LeptonStream.Notifier.Outbox;
using LeptonStream.Notifier.Routing;
using LeptonStream.Output;
using LeptonStream.Resilience;
using LeptonStream.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Notifier;

/// <summary>
/// The notifier: reads <c>lepton.alerts</c>, records every event in SQL, decides who is notified, and leaves the delivery to
/// <see cref="OutboxDelivery"/>.
/// </summary>
/// <remarks>
/// The whole of it is one loop. One round of it, in <see cref="Round"/>:
/// <code>
///   lepton.alerts ─▶ (2) gather ─▶ (3) read ─┬▶ (4) record ─▶ journal, groups, position    one transaction
///                        ▲                   └▶ lepton.deadletters
///                        │ (1) seek: the journal's position        (6) flush ─▶ groups, outbox   one transaction ─▶ deliveries
/// </code>
/// <para>(1) Position: an assigned partition is read on where the journal says, never where the group says.</para>
/// <para>(2) Gather: take what comes, up to a batch. Partitions come and go here and nowhere else.</para>
/// <para>(3) Read: what is no alert event goes to the dead letters, acknowledged before its position is passed.</para>
/// <para>(4) Record: each event once, the alerts and groups it changes, and the position, in one transaction. The group's offset is for lag
/// tools.</para>
/// <para>(5) Take up: alerts that others posted to the dashboard are recorded in the same way.</para>
/// <para>(6) Flush: alerts that people closed, or of which nothing is heard any more, end in their groups; then groups whose time has come,
/// whichever notifier made them.</para>
/// <para>
/// A round that fails is forgotten and begins again at (1), later and later: the database may be down for hours, nothing is lost and
/// nothing is counted twice, since a transaction whose outcome is unknown has either moved the position or not.
/// </para>
/// </remarks>
internal sealed partial class NotifierWorker(
    IServiceProvider services,
    Database database,
    AlertJournal journal,
    GroupFlush flush,
    RoutingReload reload,
    JournalStart start,
    DirectPages direct,
    IOptions<NotifierOptions> options,
    TopicNames topics,
    NotifierMetrics metrics,
    [FromKeyedServices(RoleNames.Notifier)] LoopHealth health,
    RoleExit exit,
    TimeProvider time,
    ILogger<NotifierWorker> logger) : BackgroundService
{
    // The records that a full batch leaves for the next are no trouble.
    private const long MaxLag = 5_000;

    private readonly TroubleLog _troubles = new(logger, time);
    private Guid? _topicId;
    private readonly BackOff _backOff = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(10));

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(() => Run(stoppingToken), stoppingToken);

    private async Task Run(CancellationToken stop)
    {
        try
        {
            await Start(stop);
            // Made here and not before: a client that is not polled would be thrown out of the group while the database is down.
            using var session = ActivatorUtilities.CreateInstance<NotifierSession>(services);
            while (!stop.IsCancellationRequested)
            {
                if (await TryRound(session, stop) is { } problem)
                {
                    BackOff(session, problem, stop);
                    await direct.Page(session.Owned, stop);
                }

                await reload.Refresh(stop);
                health.SetRefusal(_troubles, "routing", reload.Refusal);
                _troubles.Report();
                health.Heartbeat();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Asked to stop: what was not committed is read again.
        }
        catch (Exception failure)
        {
            Log.Failed(logger, failure);
            exit.Fail(health.Role, failure.Message);
        }
    }

    private async Task Start(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await journal.Prepare(time.Now(), stop);
                await reload.MarkOrphansDead(stop);
                start.Complete();
                Log.Started(logger, database.Name);
                reload.Announce();
                return;
            }
            catch (DbException down)
            {
                await Task.Delay(OnFailure($"the journal ({database.Name}) fails: {down.Message}"), time, stop);
                health.Heartbeat();
            }
        }
    }

    private async Task<string?> TryRound(NotifierSession session, CancellationToken stop)
    {
        try
        {
            var problem = await Round(session, stop);
            direct.OnJournalWorks();
            return problem;
        }
        catch (DbException down)
        {
            direct.OnJournalFails();
            return $"the journal ({database.Name}) fails: {down.Message}";
        }
        catch (KafkaException failure) when (!failure.Error.EndsClient())
        {
            return $"Kafka fails: {failure.Error.Words()}";
        }
    }

    private async Task<string?> Round(NotifierSession session, CancellationToken stop)
    {
        // :: (1) Position.
        session.ThrowIfBroken();
        await Recognise(session, stop);
        foreach (var partition in session.Unpositioned) session.Seek(partition, await PositionOf(session, partition, stop));

        // :: (2) Gather.
        session.Gather(stop);
        for (var passed = session.PassBy(); passed > 0; passed--) metrics.Gap();
        if (session.Batch.Count > 0)
        {
            // :: (3) Read.
            var records = Read(session);
            if (session.SendDeadLetters(OnRefused, stop) is { } refused) return ProblemOf(refused);

            // :: (4) Record.
            await Record(session, records, stop);
            session.MarkDone();
            ReportLag(session.Lag(), session.Unanswered);
            flush.LookAtOnce();
        }

        // :: (5) Take up, and (6) flush.
        await flush.TakeUp(stop);
        await flush.Run(session.Batch.Count == options.Value.BatchSize, stop);
        _backOff.Reset();
        health.ClearProblem(Concern.Round);
        return null;
    }

    private static string ProblemOf(DeliveryFailure refused) => refused.IsFatal
        ? throw new KafkaException(refused.Error)
        : $"dead letters can't be written to {refused.Topic}: {refused.Error.Words()}";

    // Offsets of a topic that is no more would skip the first events of the one that took its name.
    private async Task Recognise(NotifierSession session, CancellationToken stop)
    {
        if (session.TopicId() is not { } id || id == _topicId) return;
        // Where another notifier has noted the new id before, this one still stands at offsets of the old topic.
        if (await journal.Positions.Recognise(topics.Alerts, id, time.Now(), stop) || _topicId is not null)
        {
            Log.CreatedAgain(logger, topics.Alerts, id);
            metrics.Gap();
            session.Forget();
        }

        _topicId = id;
    }

    private async Task<long> PositionOf(NotifierSession session, TopicPartition partition, CancellationToken stop)
    {
        var known = await journal.Positions.Of(partition.Topic, stop);
        var (first, end) = session.LogOf(partition);
        if (!known.TryGetValue(partition.Partition.Value, out var wanted)) return first;
        if (wanted >= first && wanted <= end) return wanted;

        Log.Gap(logger, wanted, partition.Name(), first, end);
        metrics.Gap();
        await journal.Positions.Move(partition.Topic, partition.Partition.Value, first, time.Now(), stop);
        return first;
    }

    private List<JournalRecord> Read(NotifierSession session)
    {
        session.DeadLetters.Clear();
        var records = new List<JournalRecord>(session.Batch.Count);
        foreach (var record in session.Batch.Select(record => record.ToResult()))
        {
            records.Add(AlertRecordReader.Read(record, out var refusal));
            if (refusal is { } refused) Refuse(session, record, refused.Reason, refused.Detail);
        }

        return records;
    }

    private async Task Record(NotifierSession session, IReadOnlyList<JournalRecord> records, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        try
        {
            metrics.Applied(await journal.Apply(records, time.Now(), stop), time.GetElapsedTime(began));
        }
        catch (DbException refused) when (Database.RefusesContent(refused))
        {
            await RecordOneByOne(session, records, stop);
        }
    }

    // One event that the database will never take must not stop all that come behind it.
    private async Task RecordOneByOne(NotifierSession session, IReadOnlyList<JournalRecord> records, CancellationToken stop)
    {
        foreach (var (record, source) in records.Zip(session.Batch.Select(record => record.ToResult())))
        {
            var began = time.GetTimestamp();
            try
            {
                metrics.Applied(await journal.Apply([record], time.Now(), stop), time.GetElapsedTime(began));
            }
            catch (DbException refused) when (Database.RefusesContent(refused))
            {
                session.DeadLetters.Clear();
                Refuse(session, source, "refused_by_journal", refused.Message);
                if (session.SendDeadLetters(OnRefused, stop) is { } failure) throw new KafkaException(failure.Error);
                await journal.Apply([AlertRecordReader.WithoutEvent(record)], time.Now(), stop);
            }
        }
    }

    private void ReportLag(KeyValuePair<int, long>[] lag, int unanswered)
    {
        metrics.Behind(lag, unanswered);
        var behind = lag.Sum(partition => partition.Value);
        _troubles.Set("lag",
            behind <= MaxLag ? null : $"{behind} events of {lag.Count(partition => partition.Value > 0)} partitions wait to be read");
    }

    private void Refuse(NotifierSession session, ConsumeResult<byte[]?, byte[]?> record, string reason, string detail)
    {
        metrics.Rejected(reason);
        _troubles.Count("records dead-lettered", reason, example: $"{record.TopicPartitionOffset.Name()}: {detail}");
        session.DeadLetters.Add(new TopicPartition(topics.DeadLetters, Partition.Any),
            DeadLetter.Of(record, reason, detail, "VALUE_CONVERTER", RoleNames.ProgramOf(health.Role), time.GetUtcNow()));
    }

    private void OnRefused(string topic, string reason) =>
        _troubles.Count($"records refused by {topic}", DeadLetter.RefusedByBroker, example: reason);

    private void BackOff(NotifierSession session, string problem, CancellationToken stop)
    {
        var pause = OnFailure(problem);
        session.Forget();
        session.Idle(pause, stop);
    }

    private TimeSpan OnFailure(string problem)
    {
        var pause = _backOff.NextDelay();
        health.ReportProblem(Concern.Round, problem);
        Log.RoundFailed(logger, ElapsedText.Of(pause), problem);
        return pause;
    }

    private static partial class Log
    {
        [LoggerMessage(2000, LogLevel.Information, "Notifier started on {Journal}")]
        public static partial void Started(ILogger logger, string journal);

        [LoggerMessage(2001, LogLevel.Warning, "Round failed, retrying in {Pause}: {Problem}")]
        public static partial void RoundFailed(ILogger logger, string pause, string problem);

        [LoggerMessage(2002, LogLevel.Error,
            "Offset {Wanted} of {Partition} no longer exists; the log has {First} to {End}. Resuming at {First}: events may be missing")]
        public static partial void Gap(ILogger logger, long wanted, string partition, long first, long end);

        [LoggerMessage(2005, LogLevel.Error, "{Topic} was deleted and created again (id now {Id}); it is read from its beginning")]
        public static partial void CreatedAgain(ILogger logger, string topic, Guid id);

        [LoggerMessage(2004, LogLevel.Critical, "Notifier stopped by an unrecoverable error")]
        public static partial void Failed(ILogger logger, Exception failure);
    }
}
