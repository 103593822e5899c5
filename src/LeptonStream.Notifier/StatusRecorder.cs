using System.Data.Common;
using Confluent.Kafka;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Status;
using LeptonStream.Notifier.Journal;
using LeptonStream.Notifier.Lifecycle;
using LeptonStream.Resilience;
using LeptonStream.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Timestamp = LeptonStream.Samples.Timestamp;

namespace LeptonStream.Notifier;

/// <summary>
/// Records every few seconds how this role and the detectors are, for the dashboard, which reads SQL alone. Where these records stop, the
/// notifier is dead.
/// </summary>
internal sealed class StatusRecorder(
    IOptions<KafkaOptions> kafka,
    TopicNames topics,
    Database database,
    JournalClock clock,
    JournalStart start,
    [FromKeyedServices(RoleNames.Notifier)] LoopHealth health,
    TimeProvider time,
    ILogger<StatusRecorder> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LifeEvery = TimeSpan.FromSeconds(30);

    // A database that is away keeps nobody from stopping.
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(2);

    private Timestamp _nextLife = Timestamp.Zero;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (!start.Completed.IsCompletedSuccessfully) return;
        using var limit = new CancellationTokenSource(LeaveLimit, time);
        try
        {
            foreach (var role in (string[])[health.Role, RoleNames.Detector])
                await RoleStatus.Leave(database, role, RoleNames.Instance, clock.Now, limit.Token);
        }
        catch (Exception away) when (away is DbException or OperationCanceledException or TimeoutException)
        {
            // The last record grows old by itself.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await start.Completed.WaitAsync(stoppingToken);
            using var reader = new StatusReader(kafka.Value, topics, logger, time);
            var began = time.GetTimestamp();
            await Rounds.Run(stop => Record(reader, mayBeStarting: time.GetElapsedTime(began) < StatusHealth.MaxAge, stop), Every, time,
                logger, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The last record grows old by itself.
        }
    }

    private async Task Record(StatusReader reader, bool mayBeStarting, CancellationToken stop)
    {
        try
        {
            await clock.Check(stop);
            // Whoever reads them has the database's clock, or another one yet.
            await RoleStatus.Write(database, health.Role, RoleNames.Instance,
                [.. Own().Select(problem => problem with { Role = health.Role })], clock.Now, stop);
            // The client's calls block.
            var (detector, alive, partitions) = await Task.Run(() => ProblemsOf(reader, stop), stop);
            // Where everything is started at once, nobody has reported yet.
            if (detector.Count == 0 || !mayBeStarting)
                await RoleStatus.Write(database, RoleNames.Detector, RoleNames.Instance, detector, clock.Now, stop);
            if (time.Now() < _nextLife) return;
            await PartitionLife.Record(database, alive, partitions, time.Now(), stop);
            _nextLife = time.Now() + LifeEvery;
        }
        catch (DbException)
        {
            // The worker says so, and the dashboard sees it for itself.
        }
    }

    private IReadOnlyList<RoleProblem> Own() => health.Live() is { IsHealthy: false } hangs
        ? [RoleProblem.Of(ProblemCode.LoopHangs, ("detail", hangs.Detail))]
        : health.Problems;

    private (IReadOnlyList<RoleProblem> Problems, IReadOnlyList<int> Alive, int Partitions) ProblemsOf(
        StatusReader reader, CancellationToken stop)
    {
        try
        {
            var statuses = reader.Read(stop);
            var partitions = reader.InputPartitions();
            if (partitions == 0) return ([RoleProblem.Of(ProblemCode.TopicMissing, ("topic", topics.Metrics))], [], 0);
            var now = time.GetUtcNow();
            return (StatusHealth.ProblemsOf(RoleNames.Detector, statuses, partitions, now), StatusHealth.Working(RoleNames.Detector,
                statuses, partitions, now), partitions);
        }
        catch (KafkaException failure)
        {
            return (
                [RoleProblem.Of(ProblemCode.StatusNotReadable, ("role", RoleNames.Detector), ("detail", failure.Error.Words()))], [], 0);
        }
        catch (Exception defect) when (defect is not (OperationCanceledException or OutOfMemoryException))
        {
            // Whatever others write to the topic, the notifier goes on.
            return (
                [RoleProblem.Plain($"nobody knows how the {RoleNames.Detector} is: {topics.Status} can't be read: {defect.Message}")], [],
                0);
        }
    }
}
