using LeptonStream.Alerting;
using LeptonStream.Series;

namespace LeptonStream.Detection.Policies;

/// <summary>Settings for the series that fulfil all matchers; without any matcher, for every series.</summary>
/// <param name="Matchers">Conditions on the labels of the series and on <c>model</c>, <c>metric</c> and <c>canonical</c> (the preset's name
/// for the metric).</param>
/// <param name="Settings">Settings of the series that match.</param>
public sealed record PolicyRule(IReadOnlyList<Matcher> Matchers, PolicySettings Settings)
{
    /// <summary>The one series that it is for, whatever the matchers say; null for all that match.</summary>
    public SeriesKey? Only { get; init; }

    /// <summary>Whether it is for a series.</summary>
    /// <param name="key">The series.</param>
    /// <param name="labels">Its labels, with <c>model</c>, <c>metric</c> and <c>canonical</c>.</param>
    public bool Fits(SeriesKey key, LabelSet labels) =>
        Only is { } only ? only == key : Matchers.All(matcher => matcher.Accepts(labels));
}
