using LeptonStream.Collector.Mapping.Relabeling;
using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Mapping;

/// <summary>
/// Turns the points of payloads into samples, and keeps the state for it: totals and histograms become rates and quantiles by what came
/// before. One for each source, or partition of it; an instance belongs to one thread at a time. No payload makes it throw.
/// </summary>
/// <param name="config">The settings.</param>
public sealed class PointMapper(CollectorConfig config)
{
    private readonly Dictionary<string, MappedSeries> _series = [];

    /// <summary>How many series it keeps the state of.</summary>
    public int SeriesCount => _series.Count;

    /// <summary>Maps the points of a payload.</summary>
    /// <param name="points">The points.</param>
    /// <param name="source">Where they came from.</param>
    /// <param name="receivedAtNanoseconds">
    /// When the payload was received (the record's time), in nanoseconds since 1970: the time of points without one.
    /// </param>
    /// <param name="into">Takes the samples; it is not cleared.</param>
    public void Map(PointBatch points, in SourceContext source, long receivedAtNanoseconds, MappedBatch into)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(into);
        foreach (ref readonly var point in points.Points)
        {
            var labels = new LabelBag();
            foreach (var range in (ReadOnlySpan<LabelRange>)[point.Resource, point.Scope, point.Labels])
                foreach (ref readonly var label in points.LabelsOf(range)) labels[points.TextOf(label.Name)] = points.TextOf(label.Value);
            labels[LabelBag.NameLabel] = points.TextOf(point.Name);
            var rules = config.For(source.Source);
            var model = rules.Model.Select(name => labels[name]).FirstOrDefault(value => value.Length > 0) ?? source.Source;
            var name = labels.ToString();
            if (!_series.TryGetValue(name, out var series))
                _series.Add(name, series = new(new MappedEntity(model, labels.ToLabels()), points.TextOf(point.Name)));
            into.Add(series, point.HasTime ? point.Time : receivedAtNanoseconds, point.Step, point.Value);
        }
    }
}
