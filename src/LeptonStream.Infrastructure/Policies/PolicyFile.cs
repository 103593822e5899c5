using System.Globalization;
using System.Text.Json;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Policies.Calendars;
using LeptonStream.Yaml;

namespace LeptonStream.Policies;

/// <summary>
/// Reads detection policies from YAML (docs/configuration.md). It is read strictly: a field that is unknown, misspelt or out of range is an
/// error with its line, since a rule that silently does nothing would be noticed when an alert is missed.
/// </summary>
public static class PolicyFile
{
    // When they are adopted they are one record of the state topic, of a megabyte at most.
    private const int MaxRecordBytes = 700_000;

    private static readonly string[] Fields =
    [
        "ignore", "detectors", "detectors_off", "warning_budget", "critical_budget", "page_budget", "model_warning_budget", "line",
        "direction", "min_absolute", "min_relative", "warm_up", "accept_after", "memory", "type", "limit", "early_warning", "mute", "like",
        "weight_by", "runbook_url",
    ];

    /// <summary>Reads a file.</summary>
    /// <returns>The policies, or null and everything that is wrong.</returns>
    public static PolicySet? Read(string path, out IReadOnlyList<string> errors) => Read(path, out errors, out _);

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="errors">Everything that is wrong.</param>
    /// <param name="notes">Remarks on settings that are sound and perhaps not meant, each with file, line and field.</param>
    /// <returns>The policies, or null where anything is wrong.</returns>
    public static PolicySet? Read(string path, out IReadOnlyList<string> errors, out IReadOnlyList<string> notes) =>
        Read(path, out errors, out notes, out _, out _);

    /// <summary>Reads a file, and keeps its text.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="errors">Everything that is wrong.</param>
    /// <param name="notes">Sound settings that may not be meant, each with file, line and field.</param>
    /// <param name="text">The text, with those of the iCal files that it names; null where it can't be read.</param>
    /// <param name="files">Paths of the iCal files that it names, of those that can't be read too.</param>
    /// <returns>The policies, or null where anything is wrong.</returns>
    public static PolicySet? Read(string path, out IReadOnlyList<string> errors, out IReadOnlyList<string> notes, out string? text,
        out IReadOnlyList<string> files)
    {
        text = YamlText.Read(path, out var unreadable);
        if (text is null)
        {
            (errors, notes, files) = ([unreadable!], [], []);
            return null;
        }

        var calendars = new CalendarReader(Path.GetDirectoryName(Path.GetFullPath(path)), null);
        var policies = Parse(text, path, calendars, out errors, out notes);
        (text, files) = (CalendarTexts.Pack(text, calendars.Texts), calendars.Files);
        // With its quotation marks.
        var bytes = JsonEncodedText.Encode(text).EncodedUtf8Bytes.Length + 2;
        if (policies is null || bytes <= MaxRecordBytes) return policies;
        errors = [string.Create(CultureInfo.InvariantCulture,
            $"{path} takes {bytes} bytes as JSON, with the calendars that it names; {MaxRecordBytes} are allowed")];
        return null;
    }

    /// <summary>Reads the text of a file.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="file">The file's name, for errors.</param>
    /// <param name="errors">Everything that is wrong, each with file, line and field.</param>
    /// <returns>The policies, or null where anything is wrong.</returns>
    public static PolicySet? Parse(string yaml, string file, out IReadOnlyList<string> errors)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        var policies = CalendarTexts.Unpack(yaml, out var texts);
        return Parse(policies, file, new(folder: null, texts), out errors, out _);
    }

    private static PolicySet? Parse(string yaml, string file, CalendarReader calendars, out IReadOnlyList<string> errors,
        out IReadOnlyList<string> notes)
    {
        var wrong = new YamlErrors(file);
        (errors, notes) = (wrong.All, wrong.Notes);
        if (YamlSection.Parse(yaml, "'presets', 'calendars', 'defaults' and 'rules'", wrong) is not { } root) return null;

        var presets = Presets(root);
        calendars.Read(root);
        var defaults = root.OptionalSection("defaults") is { } general ? Settings(general, calendars) : PolicySettings.None;
        var sections = root.Sections("rules");
        PolicyRule[] rules = [.. sections.Select(section => Rule(section, calendars))];
        for (var i = 0; i < rules.Length; i++) PolicyDetectors.CheckMemory(sections[i], rules[i], rules[(i + 1)..], defaults);
        root.End();
        return wrong.All.Count == 0 ? new PolicySet(rules, defaults, presets) : null;
    }

    private static PresetCatalog Presets(YamlSection root)
    {
        if (root.Texts("presets") is not { } words) return PresetCatalog.Default;
        var sources = new List<MetricSource>();
        foreach (var (word, line) in words)
        {
            var source = MetricSources.Words.ToList().IndexOf(word);
            if (source >= 0) sources.Add((MetricSource)source);
            else root.Wrong(line, "presets", $"holds '{word}', which is unknown; known are: {string.Join(", ", MetricSources.Words)}");
        }

        return new(sources);
    }

    private static PolicyRule Rule(YamlSection section, CalendarReader calendars)
    {
        var matchers = section.Matchers("matchers");
        var settings = Settings(section, calendars);
        if (!Fields.Any(section.Has)) section.Wrong(section.Line, "", $"sets nothing; it can set: {string.Join(", ", Fields)}");
        return new(matchers, settings);
    }

    private static PolicySettings Settings(YamlSection section, CalendarReader calendars)
    {
        var settings = new PolicySettings
        {
            Ignore = section.Flag("ignore"),
            Detectors = PolicyDetectors.Read(section),
            WarningBudget = section.Duration("warning_budget", "1h", "10y"),
            CriticalBudget = section.Duration("critical_budget", "1h", "10y"),
            PageBudget = section.Duration("page_budget", "1h", "10y"),
            ModelWarningBudget = section.Duration("model_warning_budget", "10m", "10y"),
            Line = section.Number("line", 1, 10),
            Direction = Word(section, "direction", ("both", Direction.Both), ("up", Direction.Up), ("down", Direction.Down)),
            MinimumAbsoluteDeviation = section.Number("min_absolute", 0, double.MaxValue),
            MinimumRelativeDeviation = section.Number("min_relative", 0, 100),
            WarmUp = section.WholeNumber("warm_up", 30, 1_000_000),
            AcceptAfter = section.Duration("accept_after", "1m", "10y"),
            Memory = Word(section, "memory", ("default", MemoryPlan.Default), ("lean", MemoryPlan.Lean)),
            Type = Word(section, "type", ("gauge", MetricType.Gauge), ("counter", MetricType.Counter),
                ("event-code", MetricType.EventCode)),
            Limit = section.OptionalSection("limit") is { } limit ? Limit(limit) : null,
            EarlyWarning = section.Flag("early_warning"),
            Mute = calendars.Named(section, "mute"),
            Like = calendars.Like(section),
            WeightBy = section.Text("weight_by"),
            RunbookUrl = Address(section, "runbook_url"),
        };
        PolicyDetectors.CheckMemory(section, settings, settings.Memory);
        if (settings.CriticalBudget < settings.WarningBudget)
            section.Wrong("critical_budget", "must not be below warning_budget: it is the rarer of the two");
        section.End();
        return settings;
    }

    private static MetricLimit? Limit(YamlSection section)
    {
        var value = section.RequiredText("value").Length > 0 ? section.Number("value", -double.MaxValue, double.MaxValue) : null;
        var direction = section.OneOf("direction", "up", "down");
        var horizon = section.Duration("horizon", "5m", "90d");
        section.End();
        return value is { } limit ? new(limit, direction == "down", horizon ?? MetricLimit.DefaultHorizon) : null;
    }

    private static T? Word<T>(YamlSection section, string field, params (string Word, T Value)[] words)
        where T : struct, Enum =>
        section.OneOf(field, [.. words.Select(pair => pair.Word)]) is { } word ? words.First(pair => pair.Word == word).Value : null;

    private static string? Address(YamlSection section, string field)
    {
        var text = section.Text(field);
        if (text is null || (Uri.TryCreate(text.Replace("{metric}", "m", StringComparison.Ordinal), UriKind.Absolute, out var address)
            && address.Scheme is "http" or "https")) return text;
        section.Wrong(field, "is no address: write one that begins with http:// or https://, {metric} stands for the metric's name");
        return null;
    }
}
