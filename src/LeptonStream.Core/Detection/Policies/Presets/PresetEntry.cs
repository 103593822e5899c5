using LeptonStream.Series;

namespace LeptonStream.Detection.Policies.Presets;

/// <summary>A line of a source's table: what a metric is, and the names it goes by, <c>*</c> standing for any text.</summary>
internal sealed record PresetEntry
{
    public required string Canonical { get; init; }

    public required string? Unit { get; init; }

    public required string English { get; init; }

    public required string Chinese { get; init; }

    public required PolicySettings Settings { get; init; }

    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Whether it is a Prometheus histogram or summary, with series of its own for sum, count and buckets.</summary>
    public bool IsHistogram { get; init; }

    /// <summary>The labels that a series must have for the entry to hold, where one name stands for several things.</summary>
    public IReadOnlyList<(string Name, string Value)> Labels { get; init; } = [];

    public static PresetEntry Gauge(string canonical, string? unit, Direction direction, string english, string chinese,
        params string[] names) =>
        Of(canonical, unit, direction, MetricType.Gauge, english, chinese, names);

    public static PresetEntry Counter(string canonical, string? unit, Direction direction, string english, string chinese,
        params string[] names) =>
        Of(canonical, unit, direction, MetricType.Counter, english, chinese, names);

    /// <summary>A distribution: its quantiles and means are judged, the rates of its sum and count too, its buckets are not.</summary>
    public static PresetEntry Histogram(string canonical, string? unit, Direction direction, string english, string chinese,
        params string[] names) =>
        Gauge(canonical, unit, direction, english, chinese, names) with { IsHistogram = true };

    public static PresetEntry EventCode(string canonical, Direction direction, string english, string chinese, params string[] names) =>
        Of(canonical, null, direction, MetricType.EventCode, english, chinese, names);

    /// <summary>Constants, settings and clocks: nothing that could be anomalous.</summary>
    public static PresetEntry Ignored(string canonical, string english, string chinese, params string[] names)
    {
        var entry = Gauge(canonical, null, Direction.Both, english, chinese, names);
        return entry with { Settings = entry.Settings with { Ignore = true } };
    }

    /// <summary>The same where a label, under its name or as Prometheus writes it, has a value.</summary>
    public PresetEntry Where(string label, string value) => this with { Labels = [.. Labels, (label, value)] };

    /// <summary>The same with a limit that it must not grow to.</summary>
    public PresetEntry Below(double limit, double horizonHours) =>
        this with { Settings = Settings with { Limit = new(limit, IsFloor: false, TimeSpan.FromHours(horizonHours)) } };

    /// <summary>The same with a limit that it must not fall to.</summary>
    public PresetEntry Above(double limit, double horizonHours) =>
        this with { Settings = Settings with { Limit = new(limit, IsFloor: true, TimeSpan.FromHours(horizonHours)) } };

    /// <summary>The same with a least deviation in the metric's unit.</summary>
    public PresetEntry Beyond(double leastDeviation) =>
        this with { Settings = Settings with { MinimumAbsoluteDeviation = leastDeviation } };

    /// <summary>The same, of which no alert is wanted unless a policy asks for it.</summary>
    public PresetEntry Unjudged() => this with { Settings = Settings with { Ignore = true } };

    /// <summary>The same, where it goes up and down with the load.</summary>
    public PresetEntry FollowingLoad() => this with { Settings = Settings with { FollowsLoad = true } };

    /// <summary>The same, a share or a mean of as many as another metric says.</summary>
    public PresetEntry WeighedBy(string canonical) => this with { Settings = Settings with { WeightBy = canonical } };

    /// <summary>The same, compared with its siblings.</summary>
    public PresetEntry Compared() =>
        this with { Settings = Settings with { Detectors = DetectorChange.Add(DetectorSet.Of([DetectorSet.Peers])) } };

    public bool Accepts(LabelSet labels)
    {
        foreach (var (name, value) in Labels)
            if (labels[name] != value && labels[NamePattern.Plain(name)] != value) return false;
        return true;
    }

    private static PresetEntry Of(string canonical, string? unit, Direction direction, MetricType type, string english, string chinese,
        string[] names) => new()
    {
        Canonical = canonical,
        Unit = unit,
        English = english,
        Chinese = chinese,
        Settings = new() { Type = type, Direction = direction },
        Names = names,
    };
}
