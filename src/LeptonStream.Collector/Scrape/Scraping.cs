using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Output;
using LeptonStream.Health;

namespace LeptonStream.Collector.Scrape;

/// <summary>The scrapers of all targets that there are now. Used by the worker's thread.</summary>
internal sealed class Scraping(
    TargetDiscovery discovery, ScrapeReach reach, IntakeMapping mapping, IRecordSink sink, MemoryBudget memory, CollectorMetrics metrics,
    TimeProvider time)
    : IDisposable
{
    private static readonly TimeSpan DiscoverEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(3);

    private readonly Dictionary<ScrapeTarget, Running> _running = [];

    // A budget of its own: however much others send, each target is judged.
    private readonly MemoryBudget _pages = new(memory.Limit);
    private readonly Dictionary<ScrapeJob, PageClient> _clients = [];
    private IReadOnlyList<ScrapeJob> _jobs = [];
    private long? _discovered;
    private Look? _look;

    /// <summary>These jobs are wanted from now on.</summary>
    public void Adopt(IReadOnlyList<ScrapeJob> jobs)
    {
        _jobs = jobs;
        _discovered = null;
    }

    /// <summary>Looks for targets, where it is time; says which can't be scraped.</summary>
    public async Task Refresh(TroubleLog troubles, CancellationToken stop)
    {
        if (_look is null && (_discovered is null || time.GetElapsedTime(_discovered.Value) >= DiscoverEvery))
        {
            _discovered = time.GetTimestamp();
            _look = new(_jobs, discovery.Find(_jobs, stop));
        }

        // A cluster that does not answer holds up nothing else.
        if (_look is { Targets.IsCompleted: true } done)
        {
            _look = null;
            var found = await done.Targets;
            metrics.Discovered(discovery.Troubles.Counts);
            if (ReferenceEquals(done.Jobs, _jobs)) Run(found);
            metrics.Targets(_running.Count);
        }

        troubles.Set("discovery", discovery.Troubles.Words);
        troubles.Set("target certificates",
            _clients.Values.Select(client => client.Refusal).FirstOrDefault(refusal => refusal is not null));
        var down = _running.Where(one => one.Value.Scraper.Trouble is not null).ToList();
        troubles.Note("scrape", down.Count == 0 ? null
            : $"{down.Count} of {_running.Count} targets can't be scraped, such as {down[0].Key.Url}: {down[0].Value.Scraper.Trouble}");
    }

    /// <summary>Stops all scrapers; what they have read is sent.</summary>
    public async Task Stop()
    {
        foreach (var one in _running.Values) await one.Stop.CancelAsync();
        await Task.WhenAny(Task.WhenAll(_running.Values.Select(one => one.Work)), Task.Delay(StopLimit, time));
        _running.Clear();
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values) client.Dispose();
    }

    private void Run(IReadOnlyList<ScrapeTarget> wanted)
    {
        // A target whose job has other settings is another one with the same series.
        var staying = wanted.Select(target => (target.Job.Name, target.Labels)).ToHashSet();
        foreach (var gone in _running.Keys.Except(wanted).ToList())
        {
            _running[gone].Scraper.IsGone = !staying.Contains((gone.Job.Name, gone.Labels));
            _running[gone].Stop.Cancel();
            _running.Remove(gone);
        }

        reach.Adopt(wanted);
        foreach (var gone in _clients.Keys.Except(_jobs).ToList())
        {
            _clients[gone].Dispose();
            _clients.Remove(gone);
        }

        foreach (var target in wanted)
        {
            if (_running.ContainsKey(target)) continue;
            if (!_clients.TryGetValue(target.Job, out var client)) _clients.Add(target.Job, client = new(target.Job, time));
            var stop = new CancellationTokenSource();
            var scraper = new TargetScraper(target, client, reach.Of(target.Job.Name), mapping, sink, _pages, metrics, time);
            _running.Add(target, new(stop, scraper, Task.Run(() => scraper.Run(stop.Token), CancellationToken.None)));
        }
    }

    private sealed record Look(IReadOnlyList<ScrapeJob> Jobs, Task<IReadOnlyList<ScrapeTarget>> Targets);

    private sealed record Running(CancellationTokenSource Stop, TargetScraper Scraper, Task Work);
}
