using System.Text;
using LeptonStream.Collector.Mapping.Relabeling;
using LeptonStream.Collector.Points;
using LeptonStream.Series;

namespace LeptonStream.Collector.Mapping;

/// <summary>Labels of points as texts, and as a native message may have them. For series that are seen for the first time.</summary>
internal static class SeriesLabels
{
    /// <summary>UTF-8 bytes of a model or a name, at most.</summary>
    public const int MostNameBytes = 256;

    private const int MostLabels = 32;
    private const int MostValueBytes = 1024;

    /// <summary>All labels of a point: those of the point before those of its scope, its resource and its source.</summary>
    public static LabelBag Of(PointBatch points, in Point point, SourceLabels source, SharedTexts texts)
    {
        var labels = new LabelBag();
        foreach (var (name, value) in source.Labels) labels[name] = value;
        foreach (var range in (ReadOnlySpan<LabelRange>)[point.Resource, point.Scope, point.Labels])
            foreach (ref readonly var label in points.LabelsOf(range))
                labels[texts.Of(points.BytesOf(label.Name))] = texts.Of(points.BytesOf(label.Value));
        return labels;
    }

    /// <summary>
    /// The labels of an entity: the first by name, as many and as long as a message may have, without control characters.
    /// </summary>
    public static LabelSet Bounded(LabelBag labels, SharedTexts texts) => LabelSet.Of(labels.ToLabels()
        .Where(label => IsName(label.Key))
        .Take(MostLabels)
        .Select(label => KeyValuePair.Create(label.Key, texts.Of(Bounded(label.Value)))));

    /// <summary>Whether a text may be a model, or the name of a metric or label.</summary>
    public static bool IsName(string text) =>
        text.Length > 0 && Encoding.UTF8.GetByteCount(text) <= MostNameBytes && !text.Any(char.IsControl);

    /// <summary>The value of a label: as long as a message may have, with blanks for control characters.</summary>
    public static string Bounded(string value)
    {
        if (value.Any(char.IsControl)) value = string.Concat(value.Select(c => char.IsControl(c) ? ' ' : c));
        if (Encoding.UTF8.GetByteCount(value) <= MostValueBytes) return value;
        var text = new StringBuilder();
        var bytes = 0;
        foreach (var rune in value.EnumerateRunes())
        {
            if ((bytes += rune.Utf8SequenceLength) > MostValueBytes) break;
            text.Append(rune);
        }

        return text.ToString();
    }
}
