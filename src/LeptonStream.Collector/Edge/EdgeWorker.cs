using LeptonStream.Collector.Http;
using LeptonStream.Collector.Edge.Host;
using LeptonStream.Collector.Edge.Local;
using LeptonStream.Collector.Edge.Output;
using LeptonStream.Collector.Output;
using LeptonStream.Collector.Quality;
using LeptonStream.Collector.Scrape;
using LeptonStream.Health;
using LeptonStream.Resilience;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Collector.Edge;

/// <summary>
/// The edge: a small collector on a GPU host that goes on without a network. This is the place to start reading.
/// </summary>
/// <remarks>
/// <code>
///   pages ──────┐                                       ┌─▶ forwarder ─▶ lepton.metrics
///   HTTP ───────┼─▶ points ─▶ mapping ─▶ records ─▶ spool
///   kernel log ─┤                                       └─▶ detector of this host ─▶ alerts ─▶ file, webhook
///   InfiniBand ─┘
/// </code>
/// <para>Everything goes to the spool first. The forwarder (<see cref="Output.SpoolForwarder"/>) and the deliveries of alerts
/// (<see cref="Local.AlertDelivery"/>) go along theirs, each at its own pace; scraping and judging wait for none of them. The loop here
/// does the rest, a few times a second:</para>
/// <para>(1) Settings: a changed collector.yaml is taken up, or refused.</para>
/// <para>(2) Targets: discovery finds the pages to scrape.</para>
/// <para>(3) Host: errors in the kernel's log and counters of InfiniBand ports become samples.</para>
/// <para>(4) Judge: the detector of this host reads the spool, and its alerts go to theirs.</para>
/// <para>(5) Disk: once a second what was written is made safe; once a minute the detector's state; what nobody needs any more goes.</para>
/// <para>(6) Own series: the quality of each source, and the state of the spool.</para>
/// <para>(7) Health: an edge without a broker is as it should be, and says so.</para>
/// <para>(8) Memory: when the start is over, what it used is given back to the host; every ten minutes what was used since.</para>
/// </remarks>
internal sealed partial class EdgeWorker(
    ConfigInForce config,
    Scraping scraping,
    ServerTls tls,
    HostSources host,
    LocalDetector detector,
    SpoolForwarder forwarder,
    IReadOnlyList<AlertDelivery> deliveries,
    EdgeDisk disk,
    EdgeSeries series,
    QualityReport quality,
    MetricsProducer producer,
    [FromKeyedServices(RoleNames.Edge)] LoopHealth health,
    RoleExit exit,
    TimeProvider time,
    ILogger<EdgeWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan StartTakes = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenReturns = TimeSpan.FromMinutes(10);

    private readonly TroubleLog _troubles = new(logger, time);
    private readonly Pace _start = new(StartTakes, time, isDueAtOnce: false);
    private readonly Pace _returns = new(BetweenReturns, time, isDueAtOnce: false);
    private bool _isSettled;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await scraping.Stop();
        disk.Close(_troubles);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Reading a large spool at the start takes a moment, and the host waits for the first await.
        await Task.Yield();
        try
        {
            Adopt();
            health.ClearProblem(Concern.Start);
            List<Task> parts = [forwarder.Run(stoppingToken), .. deliveries.Select(delivery => delivery.Run(stoppingToken))];
            while (!stoppingToken.IsCancellationRequested)
            {
                var isBehind = await Round(stoppingToken);
                health.Heartbeat();
                // One that ended by a failure ends the role.
                if (parts.Find(part => part.IsFaulted) is { } failed) await failed;
                if (!isBehind) await Task.Delay(Pause, time, stoppingToken);
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

    private async Task<bool> Round(CancellationToken stop)
    {
        // :: (1) Settings.
        if (config.Refresh()) Adopt();
        health.SetRefusal(_troubles, "settings", config.Refusal);

        // :: (2) Targets.
        await scraping.Refresh(_troubles, stop);

        // :: (3) Host.
        await host.Round(_troubles);

        // :: (4) Judge.
        var isBehind = detector.Judge(_troubles);

        // :: (5) Disk.
        disk.Round(_troubles);

        // :: (6) Own series.
        await quality.Round(stop);
        await series.Round();

        // :: (7) Health.
        if (producer.Broken is { } broken) throw new InvalidOperationException($"the Kafka producer can't go on: {broken}");
        Report();

        // :: (8) Memory.
        if ((!_isSettled && _start.IsDue()) || _returns.IsDue()) Settle();
        return isBehind;
    }

    // What was used for a while goes back to the host: young as it was it lies among what stays.
    private void Settle()
    {
        _isSettled = true;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        StartPages.Release();
    }

    private void Adopt()
    {
        scraping.Adopt(config.Current.Scrapes);
        if (config.Current.Topics.Count > 0) Log.NoTopics(logger, config.Current.Topics.Count);
    }

    private void Report()
    {
        var trouble = forwarder.Trouble is { } reason ? $"samples wait in the spool, Kafka does not take them: {reason}" : null;
        health.SetNote(trouble);
        _troubles.Set("kafka", trouble);
        foreach (var delivery in deliveries) _troubles.Set($"alerts {delivery.Name}", delivery.Trouble);
        tls.Report(_troubles);
        _troubles.Report();
    }

    private static partial class Log
    {
        [LoggerMessage(5040, LogLevel.Critical, "Edge stopped by an unrecoverable error")]
        public static partial void Failed(ILogger logger, Exception failure);

        [LoggerMessage(5042, LogLevel.Warning, "{Topics} topics of the collector's file are not read: an edge has no source topics")]
        public static partial void NoTopics(ILogger logger, int topics);
    }
}
