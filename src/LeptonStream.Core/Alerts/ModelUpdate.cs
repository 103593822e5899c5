using LeptonStream.Samples;

namespace LeptonStream.Alerts;

/// <summary>A change of a model's version, with the difference that it made.</summary>
/// <param name="From">The version before; 1 to 1,024 bytes.</param>
/// <param name="To">The new version; 1 to 1,024 bytes.</param>
/// <param name="Began">Event time of the first message of the new version.</param>
/// <param name="Verdict">The worst verdict on its metrics.</param>
/// <param name="Metrics">The metrics of both versions, in the order in which the new version first had them; at most 16.</param>
public sealed record ModelUpdate(string From, string To, Timestamp Began, UpdateVerdict Verdict, IReadOnlyList<MetricUpdate> Metrics);

/// <summary>One metric before and after a change of the model's version.</summary>
public sealed record MetricUpdate
{
    /// <summary>Its name as its producer wrote it.</summary>
    public required string Metric { get; init; }

    /// <summary>Its canonical name, where a preset knows it; else null.</summary>
    public string? Canonical { get; init; }

    /// <summary>Its unit (UCUM), or null.</summary>
    public string? Unit { get; init; }

    /// <summary>Its verdict; <see cref="UpdateVerdict.Unknown"/> where there are too few values, and then no numbers.</summary>
    public required UpdateVerdict Verdict { get; init; }

    /// <summary>The values that it was compared with; without meaning where the verdict is <see cref="UpdateVerdict.Unknown"/>.</summary>
    public UpdateMethod Method { get; init; }

    /// <summary>Mean of the version before, in its unit; null where there are too few values.</summary>
    public double? Before { get; init; }

    /// <summary>Mean of the new version, in its unit; null where there are too few values.</summary>
    public double? After { get; init; }

    /// <summary>Lower end of the interval of <see cref="After"/> − <see cref="Before"/>; null where there are too few values.</summary>
    public double? Lower { get; init; }

    /// <summary>
    /// Upper end of that interval. All intervals of an update hold at once with a probability of 95 %; null where there are too few
    /// values.
    /// </summary>
    public double? Upper { get; init; }

    /// <summary>Number of values of the version before that it was compared with, from 0.</summary>
    public long SamplesBefore { get; init; }

    /// <summary>Number of values of the new version, from 0.</summary>
    public long SamplesAfter { get; init; }
}

/// <summary>The verdicts on an update, from the least to the most that it asks of people.</summary>
public enum UpdateVerdict
{
    /// <summary>There are too few values.</summary>
    Unknown = 0,

    /// <summary>No difference: the interval holds 0, or the difference is below a hundredth of the value before.</summary>
    Same = 1,

    /// <summary>Better.</summary>
    Better = 2,

    /// <summary>Different, and nobody says whether more or less of the metric is better.</summary>
    Changed = 3,

    /// <summary>Worse.</summary>
    Worse = 4,
}

/// <summary>The values that a new version is compared with.</summary>
public enum UpdateMethod
{
    /// <summary>Those of the version before, as long as they are known.</summary>
    Before = 0,

    /// <summary>Those of the version before at the same time of the day before.</summary>
    DayBefore = 1,

    /// <summary>Those of the version before at the same time: both were in use.</summary>
    SideBySide = 2,
}
