using LeptonStream.Health;
using LeptonStream.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Detector;

/// <summary>
/// The detector: as many loops as <see cref="DetectorOptions.Loops"/> says, each a <see cref="DetectorWorker"/> on a thread of its own.
/// </summary>
/// <remarks>
/// To the consumer group and to each other the loops are what detectors in as many processes are. They share the policies, the counters,
/// the line of the log that says what is wrong, and their end: one that can't go on ends the process.
/// </remarks>
internal sealed partial class DetectorLoops : BackgroundService
{
    private readonly DetectorWorker[] _workers;

    public DetectorLoops(
        IServiceProvider services,
        IOptions<KafkaOptions> kafka,
        IOptions<DetectorOptions> options,
        TopicNames topics,
        LoopsHealth health,
        TimeProvider time,
        ILogger<DetectorWorker> logger)
    {
        var detector = options.Value;
        var loops = LoopsOf(kafka.Value, health.Loops, time, logger);
        _workers = [.. loops.Select(loop => ActivatorUtilities.CreateInstance<DetectorWorker>(services, loop))];
        Log.Started(
            logger, topics.Metrics, detector.GroupId, kafka.Value.BootstrapServers, topics.Alerts, topics.Status, topics.DeadLetters,
            detector.PoliciesFile is { Length: > 0 } file ? file : "the built-in policies", detector.BatchSize, detector.Loops);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_workers.Select(worker => worker.Start(stoppingToken)));

    // A loop that is alone is not told from others.
    private static DetectorLoop[] LoopsOf(KafkaOptions kafka, IReadOnlyList<LoopHealth> healths, TimeProvider time, ILogger logger)
    {
        if (healths is [var only]) return [new(null, RoleNames.Instance, kafka, only, new(logger, time))];
        string[] names = [.. healths.Select((_, i) => $"loop {i + 1}")];
        var troubles = TroubleLog.Shared(logger, time, names);
        return [.. names.Select((name, i) =>
            new DetectorLoop(name, $"{RoleNames.Instance}/{i + 1}", kafka.OfMember(i + 1), healths[i], troubles[i]))];
    }

    private static partial class Log
    {
        [LoggerMessage(
            1005,
            LogLevel.Information,
            "Detector started: reads {Metrics} as group {Group} from {Servers}, publishes to {Alerts}, {Status} and {DeadLetters}, "
                + "judges by {Policies}, up to {BatchSize} records a batch (loops: {Loops})")]
        public static partial void Started(
            ILogger logger, string metrics, string group, string servers, string alerts, string status, string deadLetters,
            string policies, int batchSize, int loops);
    }
}
