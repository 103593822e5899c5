using System.Collections.Concurrent;

namespace LeptonStream.Collector.Scrape;

/// <summary>Which targets of each job can be scraped. Any thread may call it.</summary>
internal sealed class ScrapeReach
{
    private readonly ConcurrentDictionary<string, JobReach> _jobs = [];

    /// <summary>The jobs that have targets, by name.</summary>
    public IEnumerable<KeyValuePair<string, JobReach>> Jobs => _jobs.Where(job => job.Value.Count.Targets > 0);

    /// <summary>A job.</summary>
    public JobReach Of(string job) => _jobs.GetOrAdd(job, _ => new());

    /// <summary>There are these targets from now on, of all jobs.</summary>
    public void Adopt(IEnumerable<ScrapeTarget> targets)
    {
        var byJob = targets.ToLookup(target => target.Job.Name);
        foreach (var job in byJob) Of(job.Key).Adopt(job);
        // A job whose targets are all gone stays: those that come later are new.
        foreach (var (name, reach) in _jobs)
            if (!byJob.Contains(name)) reach.Adopt([]);
    }
}
