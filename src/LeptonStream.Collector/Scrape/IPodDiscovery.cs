namespace LeptonStream.Collector.Scrape;

/// <summary>Finds the pods that jobs scrape.</summary>
internal interface IPodDiscovery
{
    /// <summary>Finds the pods of a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="troubles">Takes what is wrong.</param>
    /// <param name="stop">Ends the wait.</param>
    Task<IReadOnlyList<ScrapeTarget>> Find(ScrapeJob job, DiscoveryTroubles troubles, CancellationToken stop);

    /// <summary>Forgets the pods of jobs that are not among these.</summary>
    void Keep(IReadOnlyList<ScrapeJob> jobs);
}

/// <summary>
/// Finds none: the native edge has no client for Kubernetes. An edge whose file has such a job when it begins is not native.
/// </summary>
internal sealed class NoPodDiscovery : IPodDiscovery
{
    public Task<IReadOnlyList<ScrapeTarget>> Find(ScrapeJob job, DiscoveryTroubles troubles, CancellationToken stop)
    {
        troubles.Add("pods", $"pods of the job {job.Name} are found once the edge is started again");
        return Task.FromResult<IReadOnlyList<ScrapeTarget>>([]);
    }

    public void Keep(IReadOnlyList<ScrapeJob> jobs)
    {
    }
}
