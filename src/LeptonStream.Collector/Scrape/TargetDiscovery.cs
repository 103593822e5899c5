using k8s;
using k8s.Exceptions;
using k8s.Models;
using LeptonStream.Yaml;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Collector.Scrape;

/// <summary>
/// The targets of all jobs now: those that are written down, those of files, and annotated pods. Where a file or the cluster can't be read,
/// the targets that it had before stay.
/// </summary>
internal sealed partial class TargetDiscovery(ILogger<TargetDiscovery> logger) : IDisposable
{
    private const int MostTargets = 10_000;
    private static readonly TimeSpan ListLimit = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, IReadOnlyList<TargetGroup>> _files = [];
    private readonly Dictionary<string, List<TargetGroup>> _patterns = [];
    private readonly Dictionary<ScrapeJob, IReadOnlyList<ScrapeTarget>> _pods = [];
    private readonly HashSet<string> _said = [];
    private Kubernetes? _cluster;

    /// <summary>Finds the targets.</summary>
    public async Task<IReadOnlyList<ScrapeTarget>> Find(IReadOnlyList<ScrapeJob> jobs, CancellationToken stop)
    {
        var targets = new List<ScrapeTarget>();
        foreach (var job in jobs)
        {
            foreach (var group in job.Static.Concat(job.Files.SelectMany(Files)))
                targets.AddRange(group.Targets.Select(address => ScrapeTarget.Of(job, group.Labels, address)).OfType<ScrapeTarget>());
            if (job.PodNamespaces is { } namespaces) targets.AddRange(await PodsOf(job, namespaces, stop));
        }

        if (targets.Count > MostTargets) SayOnce($"more than {MostTargets} targets: the others are left out");
        return [.. targets.DistinctBy(target => (target.Job.Name, target.Url, target.Labels)).Take(MostTargets)];
    }

    public void Dispose() => _cluster?.Dispose();

    // A folder that may not be read, or is away for a moment, says so, and ends nothing.
    private List<TargetGroup> Files(string pattern)
    {
        try
        {
            return _patterns[pattern] = [.. GroupsOf(pattern)];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            SayOnce($"{pattern}: {failure.Message}");
            return _patterns.GetValueOrDefault(pattern, []);
        }
    }

    private IEnumerable<TargetGroup> GroupsOf(string pattern)
    {
        var folder = Path.GetDirectoryName(pattern) is { Length: > 0 } named ? named : ".";
        string[] paths = pattern.Contains('*')
            ? Directory.GetFiles(folder, Path.GetFileName(pattern))
            : [pattern];
        foreach (var path in paths.Order(StringComparer.Ordinal))
        {
            if (Read(path) is { } groups) _files[path] = groups;
            if (_files.TryGetValue(path, out var known)) foreach (var group in known) yield return group;
        }
    }

    // JSON is YAML, too. The file is a list, which stands for the field of a section here.
    private List<TargetGroup>? Read(string path)
    {
        var errors = new YamlErrors(path);
        if (YamlText.Read(path, out var unreadable) is not { } text)
        {
            SayOnce(unreadable!);
            return null;
        }

        var indented = string.Join('\n', text.Split('\n').Select(line => "  " + line));
        var groups = YamlSection.Parse($"groups:\n{indented}", "a list of targets and labels", errors)?.Sections("groups")
            .Select(ScrapeSection.Group).ToList();
        foreach (var error in errors.All) SayOnce(error);
        return errors.All.Count == 0 ? groups : null;
    }

    private async Task<IReadOnlyList<ScrapeTarget>> PodsOf(ScrapeJob job, IReadOnlyList<string> namespaces, CancellationToken stop)
    {
        // The round of the role waits for it.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(ListLimit);
        try
        {
            var targets = new List<ScrapeTarget>();
            foreach (var name in namespaces.Count == 0 ? [null] : namespaces.Select(name => (string?)name))
                targets.AddRange((await List(name, limit.Token)).Items.Select(pod => PodTarget.Of(job, pod)).OfType<ScrapeTarget>());
            return _pods[job] = targets;
        }
        catch (Exception failure) when (failure is HttpRequestException or k8s.Autorest.HttpOperationException or KubeConfigException
            or IOException || (failure is OperationCanceledException && !stop.IsCancellationRequested))
        {
            SayOnce($"pods can't be listed: {failure.Message}");
            return _pods.GetValueOrDefault(job, []);
        }
    }

    private Task<V1PodList> List(string? name, CancellationToken stop)
    {
        var api = _cluster ??= new Kubernetes(KubernetesClientConfiguration.BuildDefaultConfig());
        return name is null
            ? api.CoreV1.ListPodForAllNamespacesAsync(cancellationToken: stop)
            : api.CoreV1.ListNamespacedPodAsync(name, cancellationToken: stop);
    }

    private void SayOnce(string trouble)
    {
        if (_said.Count < 1_000 && _said.Add(trouble)) Log.Trouble(logger, trouble);
    }

    private static partial class Log
    {
        [LoggerMessage(5030, LogLevel.Warning, "Targets to scrape: {Trouble}")]
        public static partial void Trouble(ILogger logger, string trouble);
    }
}
