using LeptonStream.Collector.Mapping.Presets;
using LeptonStream.Collector.Scrape;
using LeptonStream.Collector.Topics;

namespace LeptonStream.Collector.Mapping;

/// <summary>The settings of collector.yaml that say how points become samples. Immutable.</summary>
public sealed record CollectorConfig
{
    /// <summary>The settings without a file.</summary>
    public static readonly CollectorConfig Default = new();

    /// <summary>The rules of sources without rules of their own.</summary>
    public MappingRules Rules { get; init; } = MappingRules.Default;

    /// <summary>The rules of sources by their names, complete: what a source does not say is taken from <see cref="Rules"/>.</summary>
    public IReadOnlyDictionary<string, MappingRules> Sources { get; init; } = new Dictionary<string, MappingRules>();

    /// <summary>The presets of exporters.</summary>
    public ExporterCatalog Presets { get; init; } = ExporterCatalog.Default;

    /// <summary>
    /// The series whose state one mapper keeps, at most. Beyond it the one that was silent longest goes; one that nobody made room for is
    /// refused.
    /// </summary>
    /// <value>200,000.</value>
    public int MaxSeries { get; init; } = 200_000;

    /// <summary>
    /// The bytes that the series of all mappers may take together, about. Beyond it the same holds: a label of kilobytes is no way to take
    /// all memory.
    /// </summary>
    /// <value>512 MiB.</value>
    public long MaxSeriesBytes { get; init; } = 512L << 20;

    /// <summary>The topics to read payloads from.</summary>
    public IReadOnlyList<SourceTopic> Topics { get; init; } = [];

    /// <summary>The pages to scrape.</summary>
    public IReadOnlyList<ScrapeJob> Scrapes { get; init; } = [];

    /// <summary>The rules of a source.</summary>
    public MappingRules For(string source) => Sources.TryGetValue(source, out var own) ? own : Rules;
}
