using LeptonStream.Collector.Http;
using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Output;
using LeptonStream.Collector.Quality;
using LeptonStream.Collector.Scrape;
using LeptonStream.Collector.Topics;
using LeptonStream.Health;
using LeptonStream.Output;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Collector;

/// <summary>
/// The collector: takes metrics as programs send or show them, and writes them to <c>lepton.metrics</c>, keyed by model. This is its
/// story; the ways in are <see cref="Http.HttpIntake"/>, <see cref="Http.GrpcIntake"/>, topics and pages.
/// </summary>
/// <remarks>
/// <code>
///   HTTP, gRPC ──┐                                                            ┌─▶ answer
///   pages ───────┼─▶ decompress ─▶ points ─▶ mapping ─▶ records ─▶ lepton.metrics
///   source topics┘                                        │                   └─▶ commit
///                                                         └─ not taken by Kafka ─▶ outbox, until it is
/// </code>
/// <para>Payloads go their way on the threads of those who bring them (<see cref="Intake.PayloadIntake"/>,
/// <see cref="Topics.TopicReader"/>, <see cref="Scrape.TargetScraper"/>). The loop here looks after what concerns all of them, a few
/// times a second:</para>
/// <para>(1) Settings: a changed collector.yaml is taken up, or refused; readers of topics and scrapers begin and end with it.</para>
/// <para>(2) Outbox: records that Kafka did not take are sent again; until they are, senders are asked to come later.</para>
/// <para>(3) Targets: discovery finds the pages to scrape.</para>
/// <para>(4) Quality: once a minute, how good the data of each source are, as series of the model.</para>
/// <para>(5) Health: whether Kafka takes records, and how full the memory is.</para>
/// <para>A sender is answered with success only when Kafka has acknowledged all that its payload led to. Where the process dies before, the
/// sender sends it again, and the detector drops the repetition.</para>
/// </remarks>
internal sealed partial class CollectorWorker(
    ConfigInForce config,
    SourceTopics topics,
    Scraping scraping,
    ServerTls tls,
    PayloadIntake intake,
    IntakeMapping mapping,
    QualityReport quality,
    RecordOutbox outbox,
    MetricsProducer producer,
    MemoryBudget memory,
    [FromKeyedServices(RoleNames.Collector)] LoopHealth health,
    RoleExit exit,
    TimeProvider time,
    ILogger<CollectorWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SharedFor = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(2);

    private readonly TroubleLog _troubles = new(logger, time);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(topics.Stop(), scraping.Stop());
        // Whoever sent what is still on its way has no answer yet, and will send it again.
        producer.Flush(FlushLimit);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Adopt();
            health.ClearProblem(Concern.Start);
            while (!stoppingToken.IsCancellationRequested)
            {
                await Round(stoppingToken);
                health.Heartbeat();
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Asked to stop.
        }
        catch (Exception failure)
        {
            Log.Failed(logger, failure);
            exit.Fail(health.Role, failure.Message);
        }
    }

    private async Task Round(CancellationToken stop)
    {
        // :: (1) Settings.
        if (config.Refresh()) await Adopt();
        health.SetRefusal(_troubles, "settings", config.Refusal);

        // :: (2) Outbox.
        await outbox.Retry(stop);

        // :: (3) Targets.
        await scraping.Refresh(_troubles, stop);

        // :: (4) Quality.
        await quality.Round(stop);

        // :: (5) Health.
        if (producer.Broken is { } broken) throw new InvalidOperationException($"the Kafka producer can't go on: {broken}");
        Report();
    }

    private async Task Adopt()
    {
        scraping.Adopt(config.Current.Scrapes);
        await topics.Adopt(config.Current.Topics);
    }

    private void Report()
    {
        var trouble = outbox.Trouble is { } reason ? $"Kafka does not take records: {reason}" : null;
        if (trouble is null) health.ClearProblem(Concern.Round);
        else health.ReportProblem(Concern.Round, trouble);
        _troubles.Set("outbox", trouble);
        _troubles.Set("memory", memory.Used < memory.Limit * 0.8 ? null
            : $"{memory.Used} of {memory.Limit} bytes wait for Kafka (Collector:MaxPendingBytes)");
        _troubles.Set("origins", SharedSeries());
        intake.Report(_troubles);
        tls.Report(_troubles);
        _troubles.Report();
        topics.Report();
    }

    // Each source would be judged half, or the series twice.
    private string? SharedSeries()
    {
        if (mapping.Origins.Shared is not { Count: > 0 } shared) return null;
        var newest = shared[^1];
        var isOld = time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(newest.SeenAt / 1_000_000) > SharedFor;
        var series = SafeText.OneLine(newest.Series);
        return isOld ? null : $"{series} comes from {newest.First} and from {newest.Second}: drop it in one of them";
    }

    private static partial class Log
    {
        [LoggerMessage(5003, LogLevel.Critical, "Collector stopped by an unrecoverable error")]
        public static partial void Failed(ILogger logger, Exception failure);
    }
}
