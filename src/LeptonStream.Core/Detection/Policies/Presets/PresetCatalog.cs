using LeptonStream.Series;

namespace LeptonStream.Detection.Policies.Presets;

/// <summary>
/// Known facts of metrics by their names, under their old and new ones, with and without <c>_total</c>, and for the parts of a Prometheus
/// histogram (<c>_sum</c>, <c>_count</c>, <c>_bucket</c>) and its quantiles (<c>_p99</c>, <c>_avg</c>). Capitals and the signs <c>: . /
/// -</c> and space (all read as <c>_</c>) make no difference. A rate that somebody else has computed of a counter goes by the counter's
/// name and <c>_per_second</c>, or by the canonical name as it is written here.
/// </summary>
public sealed class PresetCatalog
{
    private const string PerSecond = "_per_second";

    // Where sources measure one thing in several units, the canonical name stands for the first's here.
    private static readonly MetricSource[] CanonicalFirst = [MetricSource.Dcgm, MetricSource.Gpud];

    /// <summary>All sources.</summary>
    public static readonly PresetCatalog Default = new(Enum.GetValues<MetricSource>());

    private readonly Dictionary<string, List<Known>> _byName = [];
    private readonly Dictionary<string, Known> _byCanonical = new(StringComparer.Ordinal);
    private readonly List<(NamePattern Pattern, Known Known)> _byPattern = [];

    /// <summary>Makes the catalogue of some sources.</summary>
    /// <param name="sources">The sources; where two know a name, the first of <see cref="MetricSource"/> is taken.</param>
    public PresetCatalog(IEnumerable<MetricSource> sources)
    {
        Sources = [.. sources.Distinct().Order()];
        foreach (var source in Sources)
            foreach (var entry in TableOf(source)) Add(new(source, entry));
        foreach (var source in CanonicalFirst.Intersect(Sources).Union(Sources))
            foreach (var entry in TableOf(source)) _byCanonical.TryAdd(entry.Canonical, new(source, entry));
    }

    /// <summary>The sources whose metrics are known, in the order of <see cref="MetricSource"/>.</summary>
    public IReadOnlyList<MetricSource> Sources { get; }

    /// <summary>The preset of a metric, or null.</summary>
    /// <param name="metric">The metric's name as its producer wrote it.</param>
    /// <param name="labels">The labels of the series, for names that stand for several things.</param>
    public MetricPreset? Find(string metric, LabelSet labels)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(labels);
        var name = NamePattern.Plain(metric);
        if (Exact(name, labels) is { } exact) return exact.Whole();
        if (PartOfHistogram(name, labels) is { } part) return part;
        if (NamePattern.WithoutQuantile(name) is { } base_ && Exact(base_, labels) is { } quantile) return quantile.Whole();
        foreach (var (pattern, known) in _byPattern)
            if (pattern.Accepts(name) && known.Entry.Accepts(labels)) return known.Whole();
        return ByCanonical(metric) ?? RateOf(metric, labels);
    }

    private MetricPreset? ByCanonical(string metric)
    {
        if (_byCanonical.TryGetValue(metric, out var exact)) return AsRate(exact.Whole());
        return NamePattern.WithoutQuantile(metric) is { } whole && _byCanonical.TryGetValue(whole, out var known)
            && known.Entry.IsHistogram ? known.Whole() : null;
    }

    private MetricPreset? RateOf(string metric, LabelSet labels)
    {
        if (!metric.EndsWith(PerSecond, StringComparison.Ordinal)) return null;
        var counter = metric[..^PerSecond.Length];
        var count = counter.EndsWith("_count", StringComparison.Ordinal) && _byCanonical.TryGetValue(counter[..^6], out var histogram)
            && histogram.Entry.IsHistogram ? histogram.Part("count") : Find(counter, labels);
        return count?.Settings.Type == MetricType.Counter ? AsRate(count) : null;
    }

    // The unit, the bounds and the words of a counter's preset are those of its rate.
    private static MetricPreset AsRate(MetricPreset preset) => preset.Settings.Type == MetricType.Counter
        ? preset with { Settings = preset.Settings with { Type = MetricType.Gauge } }
        : preset;

    private Known? Exact(string name, LabelSet labels)
    {
        if (!_byName.TryGetValue(name, out var all) && !_byName.TryGetValue(NamePattern.WithoutTotal(name), out all)) return null;
        foreach (var known in all)
            if (known.Entry.Accepts(labels)) return known;
        return null;
    }

    private MetricPreset? PartOfHistogram(string name, LabelSet labels)
    {
        var split = name.LastIndexOf('_');
        if (split < 0 || name[split..] is not ("_sum" or "_count" or "_bucket")) return null;
        return Exact(name[..split], labels) is { Entry.IsHistogram: true } known ? known.Part(name[(split + 1)..]) : null;
    }

    private void Add(Known known)
    {
        foreach (var alias in known.Entry.Names)
        {
            var name = NamePattern.Plain(alias);
            if (name.Contains('*'))
            {
                _byPattern.Add((new(name), known));
                continue;
            }

            List(name).Add(known);
            if (NamePattern.WithoutTotal(name) is var bare && bare != name) List(bare).Add(known);
        }
    }

    private List<Known> List(string name)
    {
        if (!_byName.TryGetValue(name, out var all)) _byName.Add(name, all = []);
        return all;
    }

    internal static PresetEntry[] TableOf(MetricSource source) => source switch
    {
        MetricSource.Vllm => VllmPresets.Entries,
        MetricSource.Triton => TritonPresets.Entries,
        MetricSource.Sglang => SglangPresets.Entries,
        MetricSource.Dcgm => DcgmPresets.Entries,
        MetricSource.Gpud => GpudPresets.Entries,
        MetricSource.HfTrainer => TrainingPresets.HfTrainer,
        MetricSource.Lightning => TrainingPresets.Lightning,
        MetricSource.Megatron => TrainingPresets.Megatron,
        MetricSource.Torchtitan => TrainingPresets.Torchtitan,
        MetricSource.Lepton => LeptonPresets.Entries,
        MetricSource.Tgi => TgiPresets.Entries,
        MetricSource.NvidiaSmi => NvidiaSmiPresets.Entries,
        MetricSource.OtelHardware => OtelHardwarePresets.Entries,
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };

    private sealed record Known(MetricSource Source, PresetEntry Entry)
    {
        private readonly Lazy<MetricPreset> _whole = new(() => Make(Source, Entry, "", "", "", Entry.Unit, Entry.Settings));

        public MetricPreset Whole() => _whole.Value;

        public MetricPreset Part(string part) => part switch
        {
            "sum" => Make(Source, Entry, ".sum", ", sum", "（总和）", null, new() { Type = MetricType.Counter }),
            "count" => Make(Source, Entry, ".count", ", count", "（次数）", "1/s", new() { Type = MetricType.Counter }),
            _ => Make(Source, Entry, ".bucket", ", bucket", "（分桶）", null, new() { Type = MetricType.Counter, Ignore = true }),
        };

        private static MetricPreset Make(MetricSource source, PresetEntry entry, string suffix, string english, string chinese,
            string? unit, PolicySettings settings) => new()
        {
            Source = source,
            Canonical = entry.Canonical + suffix,
            Unit = unit,
            Kind = CanonicalMetrics.KindOf(entry.Canonical),
            Bounds = CanonicalMetrics.BoundsOf(entry.Canonical, unit, settings.Type ?? MetricType.Gauge),
            English = entry.English + english,
            Chinese = entry.Chinese + chinese,
            Settings = settings,
        };
    }
}
