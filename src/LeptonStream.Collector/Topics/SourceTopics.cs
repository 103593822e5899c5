using System.Collections.Concurrent;
using LeptonStream.Collector.Intake;
using LeptonStream.Health;
using LeptonStream.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Collector.Topics;

/// <summary>The readers of the source topics that collector.yaml names now. They are started and stopped by the worker's thread.</summary>
internal sealed partial class SourceTopics(
    IOptions<KafkaOptions> kafka, IOptions<CollectorOptions> options, TopicNames topics, IntakeMapping mapping, CollectorMetrics metrics,
    SchemaRegistry registry, TimeProvider time, ILogger<SourceTopics> logger) : IRoleHealth
{
    // The longest wait of a round is for a broker that does not answer.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(8);

    private readonly ConcurrentDictionary<SourceTopic, Running> _running = [];
    private readonly TroubleLog _troubles = new(logger, time);

    public string Role => RoleNames.Collector;

    /// <summary>Starts and stops readers, so that these topics are read.</summary>
    public async Task Adopt(IReadOnlyList<SourceTopic> wanted)
    {
        await Stop(_running.Keys.Except(wanted));
        foreach (var topic in wanted.Where(topic => !_running.ContainsKey(topic)))
        {
            // A collector that reads what it writes would go round without end.
            if (topics.All.Contains(topic.Name)) Log.Own(logger, topic.Name);
            else _running[topic] = Start(topic);
        }
    }

    /// <summary>Says in the log what is wrong. To be called in every round.</summary>
    public void Report() => _troubles.Report();

    /// <summary>Stops all readers, each after its round.</summary>
    public Task Stop() => Stop(_running.Keys);

    public HealthReport Live() => Join(health => health.Live());

    public HealthReport Ready() => Join(health => health.Ready());

    private Running Start(SourceTopic topic)
    {
        var stop = new CancellationTokenSource();
        var health = new LoopHealth(Role, Patience, time);
        var reader = new TopicReader(
            topic, kafka.Value, options.Value, topics, mapping, metrics, registry, health, _troubles, time, logger);
        // The native client blocks its caller.
        var work = Task.Factory.StartNew(() => reader.Run(stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        _ = work.ContinueWith(ended => Log.Ended(logger, ended.Exception!.GetBaseException(), topic.Name), CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return new(stop, health, work);
    }

    private async Task Stop(IEnumerable<SourceTopic> leaving)
    {
        Running[] running = [.. leaving.Select(topic => _running.TryRemove(topic, out var one) ? one : null).OfType<Running>()];
        foreach (var one in running) await one.Stop.CancelAsync();
        await Task.WhenAny(Task.WhenAll(running.Select(one => one.Work)), Task.Delay(StopLimit, time));
    }

    private HealthReport Join(Func<LoopHealth, HealthReport> ask)
    {
        string[] ill = [.. _running.Select(one => (one.Key.Name, Report: one.Value.Work.IsFaulted
            ? HealthReport.Unhealthy("ended by an error")
            : ask(one.Value.Health))).Where(one => !one.Report.IsHealthy).Select(one => $"{one.Name}: {one.Report.Detail}")];
        return ill.Length == 0 ? HealthReport.Healthy("source topics are read") : HealthReport.Unhealthy(string.Join("; ", ill));
    }

    private sealed record Running(CancellationTokenSource Stop, LoopHealth Health, Task Work);

    private static partial class Log
    {
        [LoggerMessage(5023, LogLevel.Error, "{Topic} is a topic of this installation and can't be a source: it is left out")]
        public static partial void Own(ILogger logger, string topic);

        [LoggerMessage(5024, LogLevel.Critical, "Reading {Topic} ended by an unrecoverable error")]
        public static partial void Ended(ILogger logger, Exception failure, string topic);
    }
}
