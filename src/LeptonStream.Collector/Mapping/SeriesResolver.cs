using System.Globalization;
using System.IO.Hashing;
using System.Text;
using LeptonStream.Collector.Mapping.Presets;
using LeptonStream.Collector.Mapping.Relabeling;
using LeptonStream.Collector.Mapping.Store;
using LeptonStream.Collector.Points;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Explanations;
using LeptonStream.Series;

namespace LeptonStream.Collector.Mapping;

/// <summary>
/// Decides about a series when it is seen for the first time: its model, labels and names, and how its points become samples. It costs
/// microseconds and allocates; the decision is kept.
/// </summary>
internal sealed class SeriesResolver(CollectorConfig config, SeriesStore store)
{
    private const string QuantileLabel = "quantile";
    private const string BucketLabel = "le";
    private const string Nothing = "";

    // It is for people, and kept with each series.
    private const int LongestText = 400;

    private readonly SharedTexts _texts = new();

    private static readonly string[] Sizes = ["mem_", "swap_", "disk_"];

    /// <summary>Decides.</summary>
    /// <param name="points">The batch.</param>
    /// <param name="point">The series' first point.</param>
    /// <param name="id">The hash of the series.</param>
    /// <param name="name">The name of the metric, or of its family.</param>
    /// <param name="isFamily">Whether the point is a part of a histogram.</param>
    /// <param name="source">Where it came from.</param>
    public SeriesEntry Resolve(PointBatch points, in Point point, UInt128 id, string name, bool isFamily, in SourceContext source)
    {
        var rules = config.For(source.Source);
        var labels = SeriesLabels.Of(points, point, source.Labels, _texts);
        if (isFamily) labels[BucketLabel] = "";
        foreach (var step in rules.Step)
            if (SeriesIdentity.IsStep(Encoding.UTF8.GetBytes(labels[step]), out _)) labels[step] = "";
        labels[LabelBag.NameLabel] = name;
        var entry = new SeriesEntry { Id = id, Text = Shown(labels.ToString()), Role = RoleOf(point, isFamily) };
        if (isFamily)
        {
            var count = PresetCatalog.Default.Find(name + "_count", LabelSet.Empty);
            entry.Family = new() { IsDeclared = count?.Settings.Type == MetricType.Counter };
        }

        entry.Refused = !rules.Relabel.Apply(labels) ? DropReason.Relabeled : Decide(entry, points, point, labels, rules);
        return entry;
    }

    private static string Shown(string text) => text.Length <= LongestText ? text : ShortText.Begin(text, LongestText);

    /// <summary>The series of a summary's quantile; null where rules drop it.</summary>
    public MappedSeries? QuantileOf(SeriesEntry entry, double quantile) =>
        NamedAs(entry, DistributionOutputs.SuffixOf(quantile), name => name);

    /// <summary>The metric that has the name of a family's sum or count and is none of these; null where rules drop it.</summary>
    public MappedSeries? LoneOf(SeriesEntry entry, string suffix) => NamedAs(entry, suffix, name =>
    {
        var preset = config.Presets.Find(name, new LabelBag());
        return preset is { IsLeftOut: true } ? null : preset?.To ?? name;
    });

    private MappedSeries? NamedAs(SeriesEntry entry, string suffix, Func<string, string?> rename)
    {
        // The mean has the family's name, and it is always there unless rules drop it or give it another.
        if (entry.Outputs[DistributionOutputs.Mean] is not { } mean) return null;
        var ending = DistributionOutputs.Suffixes[DistributionOutputs.Mean];
        var family = mean.Metric.EndsWith(ending, StringComparison.Ordinal) ? mean.Metric[..^ending.Length] : mean.Metric;
        if (rename(family + suffix) is not { } name) return null;
        var series = new MappedSeries(mean.Entity, name);
        store.Own(series, entry);
        return series;
    }

    private DropReason Decide(SeriesEntry entry, PointBatch points, in Point point, LabelBag labels, MappingRules rules)
    {
        var name = labels[LabelBag.NameLabel];
        if (!point.Model.IsEmpty) return Finish(entry, points.TextOf(point.Model), labels, rules, [name]);

        var ending = entry.Role == SeriesRole.Level ? QuantileEnding(entry, labels) : Nothing;
        var preset = config.Presets.Find(name, labels);
        if (preset is { IsLeftOut: true }) return DropReason.Preset;
        if (ModelOf(labels, rules, preset?.Exporter) is not { } model) return DropReason.NoModel;
        var known = PresetCatalog.Default.Find(name, labels.ToLabels());
        if (preset is not null) labels.RemoveWhere(label => preset.Exporter.DropLabels.Any(pattern => LabelFilter.Fits(pattern, label)));
        labels.RemoveWhere(label => !LabelFilter.Default.Stays(label) && !rules.Labels.Stays(label));
        entry.Thing = XxHash128.HashToUInt128(Encoding.UTF8.GetBytes($"{model}\n{labels}"), (long)entry.Role);
        labels.RemoveWhere(label => !label.StartsWith("__", StringComparison.Ordinal) && !rules.Labels.Stays(label));

        entry.Role = RoleOf(entry.Role, point.Kind, name, known, isPreset: preset is not null, ending);
        if (preset?.SplitBy is { } by) labels[by] = "";
        var to = preset?.To is { } renamed && Convert(entry, points, point, preset, known, renamed, labels) ? renamed : null;
        entry.IsRenamed = to is not null;
        return Finish(entry, model, labels, rules, Names(entry.Role, name, to, ending));
    }

    private DropReason Finish(SeriesEntry entry, string model, LabelBag labels, MappingRules rules, string[] names)
    {
        entry.Outputs = new MappedSeries?[names.Length];
        var reason = DropReason.Relabeled;
        for (var i = 0; i < names.Length; i++)
        {
            var (output, why) = OutputOf(names[i], model, labels, rules, entry.Role, isRate: IsRate(entry.Role, i));
            entry.Outputs[i] = output;
            if (output is not null) reason = DropReason.None;
            else if (reason != DropReason.None && why != DropReason.Relabeled) reason = why;
        }

        return reason;
    }

    private static bool IsRate(SeriesRole role, int output) => role switch
    {
        SeriesRole.Total or SeriesRole.Change => true,
        SeriesRole.Level or SeriesRole.Passed => false,
        _ => output == DistributionOutputs.Rate,
    };

    private (MappedSeries? Series, DropReason Reason) OutputOf(
        string name, string model, LabelBag labels, MappingRules rules, SeriesRole role, bool isRate)
    {
        if (!rules.MetricRelabel.IsEmpty)
        {
            labels = labels.Copy();
            (labels[LabelBag.NameLabel], labels["model"]) = (name, model);
            if (!rules.MetricRelabel.Apply(labels)) return (null, DropReason.Relabeled);
            (name, model) = (labels[LabelBag.NameLabel], labels["model"]);
            labels["model"] = "";
        }

        if (!SeriesLabels.IsName(name) || !SeriesLabels.IsName(model)) return (null, DropReason.BadName);
        var entity = store.EntityOf(model, SeriesLabels.Bounded(labels, _texts));
        return (new(entity, name, role == SeriesRole.Passed) { IsRate = isRate }, DropReason.None);
    }

    // A quantile that a client library computed is a series of its own in Prometheus' formats.
    private static string QuantileEnding(SeriesEntry entry, LabelBag labels)
    {
        if (!double.TryParse(labels[QuantileLabel], NumberStyles.Float, CultureInfo.InvariantCulture, out var quantile)
            || quantile is not (>= 0 and <= 1)) return Nothing;
        labels[QuantileLabel] = "";
        entry.IsQuantile = true;
        return DistributionOutputs.SuffixOf(quantile);
    }

    // The settings' own list comes before a preset's; the list that holds without settings behind it.
    private static string? ModelOf(LabelBag labels, MappingRules rules, ExporterPreset? exporter)
    {
        var isOwnList = !ReferenceEquals(rules.Model, MappingRules.Default.Model);
        var byPreset = exporter?.Model ?? [];
        foreach (var attribute in isOwnList ? rules.Model.Concat(byPreset) : byPreset.Concat(rules.Model))
        {
            if (labels[attribute] is not { Length: > 0 } model) continue;
            labels[attribute] = "";
            return model;
        }

        return rules.Fallback;
    }

    private static SeriesRole RoleOf(in Point point, bool isFamily) => point.Kind switch
    {
        _ when isFamily => SeriesRole.Family,
        PointKind.Cumulative => SeriesRole.Total,
        PointKind.Delta => SeriesRole.Change,
        PointKind.Histogram => SeriesRole.Histogram,
        PointKind.ExponentialHistogram => SeriesRole.Exponential,
        PointKind.Summary => SeriesRole.Summary,
        PointKind.Native => SeriesRole.Passed,
        _ => SeriesRole.Level,
    };

    // Formats that say no type, and exporters that say a wrong one: the preset knows better, then the name.
    private static SeriesRole RoleOf(SeriesRole role, PointKind kind, string name, MetricPreset? known, bool isPreset, string ending)
    {
        if (role is not (SeriesRole.Level or SeriesRole.Total) || ending.Length > 0) return role;
        if (known?.Settings.Type == MetricType.EventCode) return SeriesRole.Level;
        if (kind == PointKind.Cumulative) return SeriesRole.Total;
        if (kind == PointKind.Gauge) return isPreset && known?.Settings.Type == MetricType.Counter ? SeriesRole.Total : SeriesRole.Level;
        if (known is not null) return known.Settings.Type == MetricType.Counter ? SeriesRole.Total : SeriesRole.Level;
        return name.EndsWith("_total", StringComparison.Ordinal) && !IsSize(name) ? SeriesRole.Total : SeriesRole.Level;
    }

    // False where the unit that the source says can't become that of the other name: then the family keeps its own.
    private static bool Convert(SeriesEntry entry, PointBatch points, in Point point, FamilyPreset preset, MetricPreset? known,
        string to, LabelBag labels)
    {
        var target = PresetCatalog.Default.Find(to, labels.ToLabels())?.Unit;
        var said = points.TextOf(point.Unit);
        if (said.Length > 0 && entry.Role is (SeriesRole.Total or SeriesRole.Change)) said += "/s";
        if (UnitConversion.Factor(said, target) is { } bySource)
        {
            entry.Factor = bySource;
            return true;
        }

        var own = preset.Unit ?? known?.Unit;
        if (own is null || target is null) return true;
        entry.Factor = UnitConversion.Factor(own, target) ?? 0;
        return entry.Factor != 0 || Unconverted(entry);
    }

    private static bool Unconverted(SeriesEntry entry)
    {
        entry.Factor = 1;
        return false;
    }

    private static string[] Names(SeriesRole role, string name, string? to, string ending) => role switch
    {
        SeriesRole.Total or SeriesRole.Change => [to ?? ExporterCatalog.WithoutTotal(name) + "_per_second"],
        SeriesRole.Level => [(to ?? name) + ending],
        _ => [.. DistributionOutputs.Suffixes.Select(suffix => (to ?? name) + suffix)],
    };

    // Telegraf calls the size of a memory or a disk a total, too: mem_total, swap_total, mem_vmalloc_total, disk_total,
    // nvidia_smi_memory_total.
    private static bool IsSize(string name) => name.EndsWith("_memory_total", StringComparison.Ordinal)
        || Sizes.Any(size => name.StartsWith(size, StringComparison.Ordinal));
}
