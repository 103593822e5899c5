using System.Reflection;
using LeptonStream.Collector.Mapping.Relabeling;
using LeptonStream.Yaml;

namespace LeptonStream.Collector.Mapping.Presets;

/// <summary>The presets of exporters, from the file that is part of the program (docs/sources-metrics.md).</summary>
public sealed class ExporterCatalog
{
    private const string File = "exporters.yaml";

    private static readonly Lazy<ExporterCatalog> All = new(() => new(Read()));

    private readonly List<(string Pattern, ExporterPreset Exporter)> _matches = [];
    private readonly Dictionary<string, (ExporterPreset Exporter, string To)> _renamed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (ExporterPreset Exporter, SplitFamily Family)> _split = new(StringComparer.Ordinal);

    /// <summary>Makes a catalogue; of two exporters that know a family the first is taken.</summary>
    public ExporterCatalog(IReadOnlyList<ExporterPreset> exporters)
    {
        Exporters = exporters;
        foreach (var exporter in exporters)
        {
            foreach (var pattern in exporter.Match) _matches.Add((Plain(pattern), exporter));
            foreach (var (name, to) in exporter.Rename) _renamed.TryAdd(Plain(name), (exporter, to));
            foreach (var family in exporter.Split) _split.TryAdd(Plain(family.Name), (exporter, family));
        }
    }

    /// <summary>All presets.</summary>
    public static ExporterCatalog Default => All.Value;

    /// <summary>The presets, in the order in which they are asked.</summary>
    public IReadOnlyList<ExporterPreset> Exporters { get; }

    /// <summary>The presets of some names, which <see cref="Exporters"/> has.</summary>
    public ExporterCatalog Only(IReadOnlyCollection<string> names) => new([.. Exporters.Where(exporter => names.Contains(exporter.Name))]);

    /// <summary>The preset of a family; null where no exporter has it.</summary>
    /// <param name="family">Its name, without <c>_bucket</c>, <c>_sum</c> and <c>_count</c> of a histogram.</param>
    /// <param name="labels">The labels of the series.</param>
    public FamilyPreset? Find(string family, LabelBag labels)
    {
        var name = OfEngine(Plain(family));
        var isOther = false;
        if (Lookup(_split, name) is (var splitter, { } split) && split.Where.All(pair => labels[NameIn(labels, pair.Key)] == pair.Value))
        {
            var by = NameIn(labels, split.By);
            if (split.To.TryGetValue(labels[by], out var part)) return new(splitter, false, part, UnitOf(splitter, name), by);
            isOther = labels[by].Length > 0;
        }

        if (!isOther && Lookup(_renamed, name) is (var exporter, { } to)) return new(exporter, false, to, UnitOf(exporter, name), null);
        foreach (var (pattern, other) in _matches)
            if (LabelFilter.Fits(pattern, name)) return new(other, other.LeavesOut(name), null, UnitOf(other, name), null);
        return null;
    }

    /// <summary>A name as the catalogue compares it: <c>: . / -</c> and space are <c>_</c>, as other collectors write them.</summary>
    internal static string Plain(string name) => string.Create(name.Length, name, (plain, from) =>
    {
        for (var i = 0; i < plain.Length; i++) plain[i] = from[i] is ':' or '.' or '/' or '-' or ' ' ? '_' : from[i];
    });

    // Ray shows the metrics of the engines that it serves under names that begin with its own.
    private static string OfEngine(string plain) =>
        plain.StartsWith("ray_vllm_", StringComparison.Ordinal) ? plain["ray_".Length..] : plain;

    /// <summary>The name without <c>_total</c>, which libraries put behind the names of totals.</summary>
    internal static string WithoutTotal(string name) => name.EndsWith("_total", StringComparison.Ordinal) ? name[..^6] : name;

    // Prometheus' pages have underscores in the names of labels, too.
    private static string NameIn(LabelBag labels, string name) => labels[name].Length > 0 ? name : Plain(name);

    private static T? Lookup<T>(Dictionary<string, T> names, string name)
        where T : struct =>
        names.TryGetValue(name, out var found) || names.TryGetValue(WithoutTotal(name), out found)
            || names.TryGetValue(name + "_total", out found) ? found : null;

    private static string? UnitOf(ExporterPreset exporter, string name)
    {
        foreach (var (family, unit) in exporter.Units)
            if (Plain(family) == name) return unit;
        return null;
    }

    private static List<ExporterPreset> Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(File)!;
        using var reader = new StreamReader(stream);
        var wrong = new YamlErrors(File);
        var root = YamlSection.Parse(reader.ReadToEnd(), "'exporters'", wrong);
        List<ExporterPreset> exporters = [.. (root?.Sections("exporters") ?? []).Select(Exporter)];
        root?.End();
        return wrong.All.Count == 0 ? exporters : throw new InvalidOperationException(string.Join('\n', wrong.All));
    }

    private static ExporterPreset Exporter(YamlSection section)
    {
        var exporter = new ExporterPreset
        {
            Name = section.RequiredText("name"),
            Title = section.RequiredText("title"),
            Match = Texts(section, "match"),
            Model = Texts(section, "model"),
            Keep = Texts(section, "keep"),
            Drop = Texts(section, "drop"),
            DropLabels = Texts(section, "drop_labels"),
            Rename = Map(section, "rename"),
            Units = Map(section, "units"),
            Split = [.. section.Sections("split").Select(Split)],
        };
        section.End();
        return exporter;
    }

    private static SplitFamily Split(YamlSection section)
    {
        var family = new SplitFamily(section.RequiredText("name"), section.RequiredText("by"), Map(section, "to"), Map(section, "where"));
        section.End();
        return family;
    }

    private static string[] Texts(YamlSection section, string field) => [.. (section.Texts(field) ?? []).Select(entry => entry.Text)];

    private static Dictionary<string, string> Map(YamlSection section, string field) =>
        section.Pairs(field, noneIsAnError: true).ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal);
}
