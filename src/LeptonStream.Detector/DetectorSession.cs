using System.Diagnostics.CodeAnalysis;
using Confluent.Kafka;
using LeptonStream.Detection;
using LeptonStream.Detection.Snapshots;
using LeptonStream.Detector.Policies;
using LeptonStream.Detector.Snapshots;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Status;
using LeptonStream.Kafka.Topics;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Detector;

/// <summary>
/// The detector's work between joining the consumer group and leaving it: the tasks of the partitions it owns, and the batch in work.
/// Everything happens on the worker's thread; partitions come and go inside <see cref="Gather"/> (and inside the close of
/// <see cref="Dispose"/>).
/// </summary>
internal sealed partial class DetectorSession : IPartitionOwner, IDisposable
{
    // The records that a full batch leaves for the next are no trouble.
    private const long MaxLag = 50_000;

    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1);

    private readonly KafkaOptions _kafka;
    private readonly string _instance;
    private readonly DetectorOptions _options;
    private readonly BatchBounds _bounds;
    private readonly DetectionPolicy _policy;
    private readonly DetectorMetrics _metrics;
    private readonly LoopHealth _health;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TroubleLog _troubles;
    private readonly KnownTopics _known;
    private readonly TimeSpan _firstAnswer;

    // How long one question to the broker may keep the loop waiting.
    private readonly TimeSpan _answer;
    private readonly TopicNames _topics;
    private readonly ConsumerMembership _membership;
    private readonly TopicWatch _watch;
    private readonly StatusPublisher _statuses;
    private readonly UnawaitedProducer _unawaited;
    private readonly BrokerOutage _outage;

    // By partition number: there is one topic, and this is asked for every record.
    private readonly Dictionary<int, PartitionTask> _tasks = [];

    private PoliciesInForce _policies;
    public DetectorSession(
        DetectorLoop loop,
        DetectorOptions options,
        BatchBounds bounds,
        TopicNames topics,
        DetectionPolicy policy,
        PoliciesInForce policies,
        DetectorMetrics metrics,
        TimeProvider time,
        ILogger logger)
    {
        _kafka = loop.Kafka;
        _instance = loop.Instance;
        _health = loop.Health;
        _troubles = loop.Troubles;
        _known = loop.Topics;
        _options = options;
        _bounds = bounds;
        _policy = policy;
        _policies = policies;
        _layout = PackedLayout.Of(StateLayout.TextOf(policy));
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _ticked = time.GetTimestamp();
        _outage = new(time);
        // Both waits of an assignment together stay below the fence, which is at half the session time-out.
        _firstAnswer = TimeSpan.FromMilliseconds(Math.Min(5_000, _kafka.SessionTimeoutMs / 6));
        _answer = TimeSpan.FromMilliseconds(Math.Min(10_000, _kafka.SessionTimeoutMs / 4));
        _topics = topics;
        _membership = new(
            this, _kafka, topics.Metrics, topics.DeadLetters, options.GroupId, options.ReadInPlace, TellEnds, _health, time, logger);
        _membership.Deliveries.OnProduced = () => Failpoints.Pass(Failpoint.AfterProduce);
        _watch = new(_kafka, [topics.Metrics, topics.Alerts, topics.Status, topics.State, topics.Feedback], time, logger);
        _unawaited = new(_kafka, "status", logger);
        _statuses = new(_unawaited, topics, loop, time);
        _states = new(_kafka, topics, logger);
        _feedback = new(_kafka, topics, logger);
    }

    /// <summary>Number of records gathered.</summary>
    public int Gathered => _membership.Batch.Count;

    /// <summary>The records that the batch leads to.</summary>
    public Deliveries Deliveries => _membership.Deliveries;

    private Guid? TopicId => _watch.Latest?.GetValueOrDefault(_topics.Metrics)?.Id ?? _known.Metrics?.Id;

    private IConsumer<byte[]?, byte[]?> Consumer => _membership.Consumer;

    /// <summary>Takes the next gathered record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="task">The task of its partition.</param>
    public bool TryTake(out LogRecord record, [NotNullWhen(true)] out PartitionTask? task)
    {
        task = _membership.TryTake(out record) ? _tasks[record.Partition] : null;
        return task is not null;
    }

    /// <summary>Whether a task's partition is still this member's.</summary>
    public bool Owns(PartitionTask task) => _tasks.GetValueOrDefault(task.Partition.Partition.Value) == task;

    /// <summary>Gathers up to a number of records, with those that are left, for at most the batch's time.</summary>
    public void Gather(int records, CancellationToken stop)
    {
        _membership.Gather(
            records, _bounds.Bytes, IsBusyWithState ? BusyWait : IdleWait, TimeSpan.FromMilliseconds(_options.BatchWaitMs), stop);
        NoteAnswers();
    }

    /// <summary>Asks the client in the middle of a round, as the group expects it. Partitions may be assigned and revoked here.</summary>
    public void KeepAlive()
    {
        _membership.Poll(TimeSpan.Zero);
        NoteAnswers();
    }

    /// <inheritdoc cref="ConsumerMembership.Send"/>
    public DeliveryFailure? Send(Action<string, string> onRefused, CancellationToken cancellation) =>
        _membership.Send(onRefused, cancellation);

    /// <inheritdoc cref="ConsumerMembership.ThrowIfBroken"/>
    public void ThrowIfBroken() => _membership.ThrowIfBroken();

    /// <summary>Looks whether the partitions are still this member's, so far as the client knows.</summary>
    /// <exception cref="SessionLostException">They are not.</exception>
    public void ThrowIfLost()
    {
        if (_membership.IsLost) throw SessionLostException.Lost();
    }

    /// <summary>Everything in <see cref="Deliveries"/> is acknowledged.</summary>
    public void MarkPublished()
    {
        foreach (var task in _tasks.Values) task.MarkPublished();
    }

    /// <summary>Commits what is published and not committed yet. Where the group can't take it now, the next round tries again.</summary>
    /// <param name="giveUp">Ends the wait for a group that does not answer.</param>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public void Commit(CancellationToken giveUp) => Commit(_tasks.Values, giveUp);

    /// <summary>Whether everything that was judged is committed, so that nothing of it will be judged again under other policies.</summary>
    public bool IsSettled => _tasks.Values.All(task => task.ToCommit is null);

    /// <summary>Judges by these policies from the next record on, but for what another owner has judged by those before.</summary>
    public void Adopt(PoliciesInForce policies)
    {
        _policies = policies;
        foreach (var task in _tasks.Values)
        {
            if (task.IsReplaying || task.Partition.Partition.Value == Undisturbed) continue;
            // Of policies that stand in for others the journal has no entry yet.
            if (task.Policies.File.Fingerprint == policies.File.Fingerprint && !task.HasOwnPolicies) continue;
            Note(task, task.Adopt(policies));
        }
    }

    /// <summary>
    /// Gives the counters the samples that were not judged, the gauges the lag and the size of the tasks, and readers
    /// of the status topic all of it.
    /// </summary>
    public void Measure()
    {
        foreach (var task in _tasks.Values) task.CountRefused(_metrics, _troubles);
        var cold = _tasks.Values.Count(task => task.IsCold);
        _troubles.Note("cold", cold == 0 ? null : $"{cold} of {_tasks.Count} partitions are cold (less than 30 minutes of history)");
        var lagging = _tasks.Values.Where(task => LagOf(task) > MaxLag).ToList();
        _troubles.Set("lag", lagging.Count == 0 ? null : $"{lagging.Sum(LagOf)} records of {lagging.Count} partitions wait to be read");
        _statuses.Publish(_watch.Latest?.ContainsKey(_topics.Status) is true, Statuses);
        _metrics.State(
            this,
            [.. _tasks.Values.Where(task => task.Next is not null).Select(task =>
                KeyValuePair.Create(task.Partition.Partition.Value, LagOf(task)))],
            [.. _tasks.Values.Select(task => task.Fill)],
            _membership.Unanswered.Count);
    }

    public void Dispose()
    {
        foreach (var restore in _restores.Values) restore.Dispose();
        _restores.Clear();
        _metrics.ForgetState(this);
        // Each within its own limit, beside the clients that the group waits for.
        var others = BoundedClose.Begin(() =>
        {
            _states.Dispose();
            _unawaited.Dispose();
        });
        _feedback.Dispose();
        _watch.Dispose();
        _membership.Dispose();
        others.Join();
    }

    private IEnumerable<PartitionStatus> Statuses() => _tasks.Values.Select(task => task.Status(LagOf(task), _time.GetUtcNow()))
        .Concat(_restores.Keys.Select(partition => StatusOf(partition) with { Restoring = true }))
        .Concat(_blocked.Select(partition => StatusOf(partition) with { Blocked = true }));

    private PartitionStatus StatusOf(int partition) => new()
    {
        Role = _health.Role,
        Instance = "",
        At = default,
        Topic = _topics.Metrics,
        Partition = partition,
    };

    private static void TellEnds(ConsumerConfig settings) => settings.EnablePartitionEof = true;

    private void Commit(IReadOnlyCollection<PartitionTask> tasks, CancellationToken giveUp)
    {
        TopicPartitionOffset[] offsets = [.. tasks.Select(task => task.ToCommit).OfType<TopicPartitionOffset>()];
        if (offsets.Length == 0) return;
        try
        {
            if (giveUp.CanBeCanceled) CommitUntil(offsets, giveUp);
            else Consumer.Commit(offsets);
            foreach (var task in tasks)
                if (task.ToCommit is { } done) task.MarkCommitted(done.Offset.Value);
        }
        catch (KafkaException refused) when (!refused.Error.EndsClient())
        {
            Log.CommitRefused(_logger, refused.Error.Code, refused.Error.Reason);
        }
    }

    // The client itself would wait for as long as a session.
    private void CommitUntil(TopicPartitionOffset[] offsets, CancellationToken giveUp)
    {
        var commit = Task.Run(() => Consumer.Commit(offsets), CancellationToken.None);
        Task.WaitAny([commit], giveUp);
        commit.GetAwaiter().GetResult();
    }

    private long LagOf(PartitionTask task)
    {
        var end = _membership.EndOf(task.Partition);
        return end >= 0 ? Math.Max(0, end - task.Position) : 0;
    }

    private static partial class Log
    {
        [LoggerMessage(1068, LogLevel.Information,
            "{Partition}: no record from offset {Next} to the log's end at {End}; reading there once more")]
        public static partial void SentAgain(ILogger logger, string partition, long next, long end);

        [LoggerMessage(1056, LogLevel.Warning, "Offsets not committed, to be tried again: {Code}: {Reason}")]
        public static partial void CommitRefused(ILogger logger, ErrorCode code, string reason);
    }
}
