using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Text.Json;
using System.Text.Json.Serialization;
using LeptonStream.Alerting;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Series;

namespace LeptonStream.Detection.Policies;

/// <summary>
/// Every policy of an installation. Of each setting, the first in this order that says something holds: the rules from top to bottom whose
/// matchers fit, the preset of the metric, the defaults, the default of <see cref="SeriesPolicy"/>. Immutable; may be asked from several
/// threads.
/// </summary>
public sealed class PolicySet
{
    /// <summary>No rules, all presets: what holds without a file.</summary>
    public static readonly PolicySet Default = new([], PolicySettings.None, PresetCatalog.Default);

    private readonly PolicySettings _defaults;
    private readonly ConcurrentDictionary<SeriesPolicy, SeriesPolicy> _shared = [];

    /// <summary>Makes a set.</summary>
    /// <param name="rules">The rules, the most important first.</param>
    /// <param name="defaults">Settings where neither a rule nor a preset has one.</param>
    /// <param name="presets">The knowledge of metrics by their names.</param>
    public PolicySet(IReadOnlyList<PolicyRule> rules, PolicySettings defaults, PresetCatalog presets)
    {
        Rules = rules;
        _defaults = defaults;
        Presets = presets;
        Fingerprint = Hash();
    }

    /// <summary>The rules, the most important first.</summary>
    public IReadOnlyList<PolicyRule> Rules { get; }

    /// <summary>The knowledge of metrics by their names.</summary>
    public PresetCatalog Presets { get; }

    /// <summary>
    /// 32 hex digits that differ whenever any rule, default or choice of presets differs. Logs show them, and the state of a partition
    /// names by them the policies under which its records were judged.
    /// </summary>
    public string Fingerprint { get; }

    /// <summary>
    /// The policy of a series. To be asked once for each new series: it costs microseconds. Equal policies are the same object.
    /// </summary>
    public SeriesPolicy For(SeriesKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var preset = Presets.Find(key.Metric, key.Labels);
        var settings = Matching(key, preset).Or(preset?.Settings ?? PolicySettings.None).Or(_defaults);
        var composed = Compose(settings);
        // Of a metric that a rule makes another type, the preset's unit and range say nothing: a rate of shares is no share.
        var isAsPreset = preset is not null && (preset.Settings.Type ?? SeriesPolicy.Default.Type) == composed.Type;
        var (unit, bounds) = isAsPreset ? (preset!.Unit, preset!.Bounds) : MetricUnits.Guess(key.Metric, composed.Type);
        var origin = preset is null && settings.Type is null ? TypeOrigin.Undeclared : TypeOrigin.Declared;
        var policy = composed with { Preset = preset, Unit = unit, Bounds = bounds, TypeOrigin = origin };
        return _shared.GetOrAdd(policy, policy);
    }

    /// <summary>The same policies, but that every series has this warning budget whatever a rule or a preset says.</summary>
    /// <param name="budget">The warning budget.</param>
    public PolicySet WithWarningBudget(TimeSpan budget) =>
        Behind([new([], new() { WarningBudget = budget })]);

    /// <summary>The same policies behind other rules, which are more important.</summary>
    /// <param name="rules">The rules.</param>
    public PolicySet Behind(IReadOnlyList<PolicyRule> rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        return rules.Count == 0 ? this : new([.. rules, .. Rules], _defaults, Presets);
    }

    private PolicySettings Matching(SeriesKey key, MetricPreset? preset)
    {
        if (Rules.Count == 0) return PolicySettings.None;
        var labels = key.Labels.With(("model", key.Model), ("metric", key.Metric), ("canonical", preset?.Canonical ?? ""));
        var settings = PolicySettings.None;
        foreach (var rule in Rules)
            if (rule.Fits(key, labels)) settings = settings.Or(rule.Settings);
        return settings;
    }

    private static SeriesPolicy Compose(PolicySettings settings)
    {
        var otherwise = SeriesPolicy.Default;
        var warning = settings.WarningBudget ?? otherwise.WarningBudget;
        var critical = settings.CriticalBudget ?? otherwise.CriticalBudget;
        return new()
        {
            Ignore = settings.Ignore ?? otherwise.Ignore,
            Detectors = settings.Detectors?.ApplyTo(otherwise.Detectors) ?? otherwise.Detectors,
            WarningBudget = warning,
            CriticalBudget = critical < warning ? warning : critical,
            PageBudget = settings.PageBudget ?? otherwise.PageBudget,
            ModelWarningBudget = settings.ModelWarningBudget ?? otherwise.ModelWarningBudget,
            Line = (settings.Line ?? otherwise.Line) * (settings.Raise ?? 1),
            Direction = settings.Direction ?? otherwise.Direction,
            MinimumAbsoluteDeviation = settings.MinimumAbsoluteDeviation ?? otherwise.MinimumAbsoluteDeviation,
            MinimumRelativeDeviation = settings.MinimumRelativeDeviation ?? otherwise.MinimumRelativeDeviation,
            WarmUp = settings.WarmUp ?? otherwise.WarmUp,
            AcceptAfter = settings.AcceptAfter ?? otherwise.AcceptAfter,
            FollowsLoad = settings.FollowsLoad ?? otherwise.FollowsLoad,
            Memory = settings.Memory ?? otherwise.Memory,
            Type = settings.Type ?? otherwise.Type,
            Limit = settings.EarlyWarning == false ? null : settings.Limit,
            Mute = settings.Mute,
            Like = settings.Like,
            WeightBy = settings.WeightBy == SeriesPolicy.Unweighed ? null : settings.WeightBy,
            RunbookUrl = settings.RunbookUrl ?? otherwise.RunbookUrl,
        };
    }

    private string Hash()
    {
        var rules = Rules.Select(rule =>
            new PolicyText.Rule(rule.Matchers.Select(matcher => matcher.ToString()), rule.Only?.ToString(), rule.Settings));
        var text = JsonSerializer.SerializeToUtf8Bytes(new(rules, _defaults, Presets.Sources), PolicyJson.Default.PolicyText);
        return XxHash128.HashToUInt128(text).ToString("x32", System.Globalization.CultureInfo.InvariantCulture);
    }
}

/// <summary>All that a set of policies holds, as the text of its fingerprint.</summary>
internal sealed record PolicyText(IEnumerable<PolicyText.Rule> Rules, PolicySettings Defaults, IReadOnlyList<MetricSource> Presets)
{
    /// <summary>A rule.</summary>
    internal sealed record Rule(IEnumerable<string> Matchers, string? Only, PolicySettings Settings);
}

// Written by generated code: reflection over these types alone would load some hundred converters into every role.
[JsonSerializable(typeof(PolicyText))]
internal sealed partial class PolicyJson : JsonSerializerContext;
