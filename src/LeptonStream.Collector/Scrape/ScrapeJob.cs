using LeptonStream.Collector.Mapping.Relabeling;
using LeptonStream.Series;

namespace LeptonStream.Collector.Scrape;

/// <summary>An entry of <c>scrape_configs</c>: which pages are read, how often, and how.</summary>
public sealed record ScrapeJob
{
    /// <summary>Its name: the label <c>job</c>, and the name of the source.</summary>
    public required string Name { get; init; }

    /// <summary>Time between two scrapes of a target.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest time that a scrape may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Path of the page.</summary>
    public string Path { get; init; } = "/metrics";

    /// <summary>http or https.</summary>
    public string Scheme { get; init; } = "http";

    /// <summary>The header <c>Accept</c>: which forms of the page are read, the best first.</summary>
    public string Accept { get; init; } = ScrapeProtocols.Accept(ScrapeProtocols.Names);

    /// <summary>Bytes of a page, at most, compressed or not.</summary>
    public int BodyLimit { get; init; } = 16 << 20;

    /// <summary>Samples of a page, at most; 0 is no limit. A page with more is refused whole.</summary>
    public int SampleLimit { get; init; }

    /// <summary>The file with the bearer token; null for none.</summary>
    public string? CredentialsFile { get; init; }

    /// <summary>Whom to trust, and the collector's own certificate.</summary>
    public TargetTlsFiles Tls { get; init; } = new();

    /// <summary>Targets that are written down.</summary>
    public IReadOnlyList<TargetGroup> Static { get; init; } = [];

    /// <summary>Files with targets: JSON or YAML, read again and again; the last part may have *.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>The namespaces whose annotated pods are targets; empty for all, null for no pods.</summary>
    public IReadOnlyList<string>? PodNamespaces { get; init; }

    /// <summary>Rules on the labels of targets, before they are scraped.</summary>
    public RelabelRules Relabel { get; init; } = RelabelRules.None;
}

/// <summary>Addresses with labels that they share.</summary>
/// <param name="Targets">host:port of each.</param>
/// <param name="Labels">Their labels.</param>
public sealed record TargetGroup(IReadOnlyList<string> Targets, LabelSet Labels);
