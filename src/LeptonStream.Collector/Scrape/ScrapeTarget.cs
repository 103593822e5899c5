using System.IO.Hashing;
using System.Text;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Mapping.Relabeling;
using LeptonStream.Series;

namespace LeptonStream.Collector.Scrape;

/// <summary>A page that is read.</summary>
/// <param name="Job">How it is read.</param>
/// <param name="Url">Its address.</param>
/// <param name="Labels">The labels of all its series: job, instance and those of its group.</param>
internal sealed record ScrapeTarget(ScrapeJob Job, Uri Url, LabelSet Labels)
{
    private const string Address = "__address__";
    private const string Path = "__metrics_path__";
    private const string Scheme = "__scheme__";

    /// <summary>When in each interval it is read: spread by its address, the same after a restart.</summary>
    public TimeSpan Offset { get; } = TimeSpan.FromTicks(
        (long)(XxHash64.HashToUInt64(Encoding.UTF8.GetBytes($"{Job.Name} {Url} {Labels}")) % (ulong)Job.Interval.Ticks));

    /// <summary>Makes a target of an address, as Prometheus does: rules may change every part of it, or leave it out.</summary>
    /// <param name="job">The job.</param>
    /// <param name="labels">Labels of the group; those of discovery begin with <c>__meta_</c>.</param>
    /// <param name="address">host:port.</param>
    /// <returns>The target; null where a rule leaves it out or its address is none.</returns>
    public static ScrapeTarget? Of(ScrapeJob job, IEnumerable<KeyValuePair<string, string>> labels, string address)
    {
        var bag = new LabelBag { [Address] = address, [Path] = job.Path, [Scheme] = job.Scheme, ["job"] = job.Name };
        foreach (var (name, value) in labels) bag[name] = value;
        if (!job.Relabel.Apply(bag)) return null;
        // Scheme and address must not reach into the parts behind them: labels may be a stranger's.
        if (bag[Scheme] is not ("http" or "https") || !Uri.TryCreate($"{bag[Scheme]}://{bag[Address]}/", UriKind.Absolute, out var host)
            || host.PathAndQuery != "/") return null;
        if (!Uri.TryCreate($"{bag[Scheme]}://{bag[Address]}{bag[Path]}", UriKind.Absolute, out var url)
            || url.Authority != host.Authority || url.UserInfo.Length > 0) return null;
        if (bag["instance"].Length == 0) bag["instance"] = bag[Address];
        return new(job, url, bag.ToLabels());
    }
}
