using LeptonStream.Yaml;

namespace LeptonStream.Collector.Scrape;

/// <summary>
/// The targets of all jobs now: those that are written down, those of files, and annotated pods. Where a file or the cluster can't be read,
/// the targets that it had before stay.
/// </summary>
internal sealed class TargetDiscovery(IPodDiscovery pods)
{
    private const int MostTargets = 10_000;

    private readonly Dictionary<string, IReadOnlyList<TargetGroup>> _files = [];
    private readonly Dictionary<string, List<TargetGroup>> _patterns = [];

    /// <summary>
    /// What was wrong with the last look that came to its end: one that is under way on another thread changes nothing in it.
    /// </summary>
    public DiscoveryTroubles Troubles { get; private set; } = new();

    /// <summary>Finds the targets.</summary>
    public async Task<IReadOnlyList<ScrapeTarget>> Find(IReadOnlyList<ScrapeJob> jobs, CancellationToken stop)
    {
        var troubles = new DiscoveryTroubles();
        var targets = new List<ScrapeTarget>();
        foreach (var job in jobs)
        {
            foreach (var group in job.Static.Concat(job.Files.SelectMany(pattern => Files(pattern, troubles))))
                targets.AddRange(group.Targets.Select(address => ScrapeTarget.Of(job, group.Labels, address)).OfType<ScrapeTarget>());
            if (job.PodNamespaces is not null) targets.AddRange(await pods.Find(job, troubles, stop));
        }

        pods.Keep(jobs);
        if (targets.Count > MostTargets) troubles.Add("limit", $"more than {MostTargets} targets: the others are left out");
        Troubles = troubles;
        return [.. targets.DistinctBy(target => (target.Job.Name, target.Url, target.Labels)).Take(MostTargets)];
    }

    // A folder that may not be read, or is away for a moment, says so, and ends nothing.
    private List<TargetGroup> Files(string pattern, DiscoveryTroubles troubles)
    {
        try
        {
            return _patterns[pattern] = [.. GroupsOf(pattern, troubles)];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            troubles.Add("files", $"{pattern}: {failure.Message}");
            return _patterns.GetValueOrDefault(pattern, []);
        }
    }

    private IEnumerable<TargetGroup> GroupsOf(string pattern, DiscoveryTroubles troubles)
    {
        var folder = Path.GetDirectoryName(pattern) is { Length: > 0 } named ? named : ".";
        string[] paths = pattern.Contains('*')
            ? Directory.GetFiles(folder, Path.GetFileName(pattern))
            : [pattern];
        foreach (var path in paths.Order(StringComparer.Ordinal))
        {
            if (Read(path, troubles) is { } groups) _files[path] = groups;
            if (_files.TryGetValue(path, out var known)) foreach (var group in known) yield return group;
        }
    }

    // JSON is YAML, too. The file is a list, which stands for the field of a section here.
    private static List<TargetGroup>? Read(string path, DiscoveryTroubles troubles)
    {
        var errors = new YamlErrors(path);
        if (YamlText.Read(path, out var unreadable) is not { } text)
        {
            troubles.Add("files", unreadable!);
            return null;
        }

        var indented = string.Join('\n', text.Split('\n').Select(line => "  " + line));
        var groups = YamlSection.Parse($"groups:\n{indented}", "a list of targets and labels", errors)?.Sections("groups")
            .Select(ScrapeSection.Group).ToList();
        foreach (var error in errors.All) troubles.Add("files", error);
        return errors.All.Count == 0 ? groups : null;
    }
}
