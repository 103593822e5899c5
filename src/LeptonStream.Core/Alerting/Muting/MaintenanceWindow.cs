using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Alerting.Muting;

/// <summary>
/// A time of planned work on what the matchers name, once or again and again. Alerts that open then are recorded and not sent; the end of
/// one that was sent before is.
/// </summary>
public sealed record MaintenanceWindow
{
    /// <summary>Its name, which the record of those who were not notified has.</summary>
    public required string Name { get; init; }

    /// <summary>The conditions, all of which an alert must fulfil; without any it mutes every alert.</summary>
    public IReadOnlyList<Matcher> Matchers { get; init; } = [];

    /// <summary>Time from which it holds; null has no beginning.</summary>
    public Timestamp? From { get; init; }

    /// <summary>Time from which it holds no more; null has no end.</summary>
    public Timestamp? Until { get; init; }

    /// <summary>The recurring times at which alone it holds; none means all between its beginning and end.</summary>
    public IReadOnlyList<TimeInterval> Intervals { get; init; } = [];

    /// <summary>Whether it holds at a time.</summary>
    public bool IsActive(Timestamp now) =>
        !(now < From) && !(now >= Until) && (Intervals.Count == 0 || Intervals.Any(interval => interval.Contains(now)));

    /// <summary>Whether an alert with these labels is among those that it mutes.</summary>
    public bool Covers(LabelSet labels) => Matchers.All(matcher => matcher.Accepts(labels));
}
