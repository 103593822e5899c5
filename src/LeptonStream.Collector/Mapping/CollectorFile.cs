using LeptonStream.Collector.Mapping.Presets;
using LeptonStream.Collector.Mapping.Relabeling;
using LeptonStream.Collector.Points;
using LeptonStream.Collector.Scrape;
using LeptonStream.Collector.Topics;
using LeptonStream.Yaml;

namespace LeptonStream.Collector.Mapping;

/// <summary>
/// Reads collector.yaml (docs/collector.md), strictly: a field that is unknown, misspelt or out of range is an error with its line.
/// </summary>
public static class CollectorFile
{
    private const string Fields = "'model', 'labels', 'relabel_configs', 'metric_relabel_configs', 'presets', 'limits', 'sources', "
        + "'topics' and 'scrape_configs'";

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="errors">Everything that is wrong, each with file, line and field.</param>
    /// <returns>The settings, or null where anything is wrong.</returns>
    public static CollectorConfig? Read(string path, out IReadOnlyList<string> errors)
    {
        if (YamlText.Read(path, out var unreadable) is { } text) return Parse(text, path, out errors);
        errors = [unreadable!];
        return null;
    }

    /// <summary>Reads the text of a file.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="file">The file's name, for errors.</param>
    /// <param name="errors">Everything that is wrong, each with file, line and field.</param>
    /// <returns>The settings, or null where anything is wrong.</returns>
    public static CollectorConfig? Parse(string yaml, string file, out IReadOnlyList<string> errors)
    {
        var wrong = new YamlErrors(file);
        errors = wrong.All;
        if (YamlSection.Parse(yaml, Fields, wrong) is not { } root) return null;
        var rules = Rules(root, MappingRules.Default);
        var sources = new Dictionary<string, MappingRules>(StringComparer.Ordinal);
        foreach (var section in root.Sections("sources"))
        {
            var name = section.RequiredText("name");
            if (name.Length > 0 && !sources.TryAdd(name, Rules(section, rules))) section.Wrong("name", $"'{name}' stands here twice");
            section.End();
        }

        var topics = SourceTopic.Read(root, [.. new FormatCatalog().Names]);
        var scrapes = ScrapeSection.Read(root, (section, job) => sources.TryAdd(job, Rules(section, rules, "series_relabel_configs")));
        var limits = root.OptionalSection("limits");
        var config = new CollectorConfig
        {
            Rules = rules,
            Sources = sources,
            Presets = Presets(root),
            Topics = topics,
            Scrapes = scrapes,
            MaxSeriesBytes = limits?.WholeNumber("series_bytes", 1 << 20, int.MaxValue) ?? CollectorConfig.Default.MaxSeriesBytes,
            MaxSeries = limits?.WholeNumber("series", 1, 10_000_000) ?? CollectorConfig.Default.MaxSeries,
        };
        limits?.End();
        root.End();
        return wrong.All.Count == 0 ? config : null;
    }

    private static ExporterCatalog Presets(YamlSection root)
    {
        if (root.Texts("presets") is not { } names) return ExporterCatalog.Default;
        string[] known = [.. ExporterCatalog.Default.Exporters.Select(exporter => exporter.Name)];
        foreach (var (name, line) in names.Where(entry => !known.Contains(entry.Text)))
            root.Wrong(line, "presets", $"holds '{name}', which is unknown; known are: {string.Join(", ", known)}");
        return ExporterCatalog.Default.Only([.. names.Select(entry => entry.Text)]);
    }

    // In a scrape config, as in Prometheus, relabel_configs are of the targets.
    private static MappingRules Rules(YamlSection section, MappingRules otherwise, string relabel = "relabel_configs")
    {
        var rules = otherwise with
        {
            Model = Names(section, "model") ?? otherwise.Model,
            Fallback = section.Text("model_fallback") ?? otherwise.Fallback,
            Step = Names(section, "step") ?? otherwise.Step,
            Relabel = otherwise.Relabel.Then(RelabelSection.Read(section, relabel)),
            MetricRelabel = otherwise.MetricRelabel.Then(RelabelSection.Read(section, "metric_relabel_configs")),
        };
        if (section.OptionalSection("labels") is not { } labels) return rules;
        var (keep, drop) = (Names(labels, "keep"), Names(labels, "drop"));
        labels.End();
        return rules with { Labels = new(keep ?? otherwise.Labels.Keep, drop ?? otherwise.Labels.Drop) };
    }

    private static string[]? Names(YamlSection section, string field)
    {
        if (section.Texts(field) is not { } texts) return null;
        foreach (var (_, line) in texts.Where(entry => entry.Text.Length == 0)) section.Wrong(line, field, "has an empty entry");
        return [.. texts.Select(entry => entry.Text)];
    }
}
