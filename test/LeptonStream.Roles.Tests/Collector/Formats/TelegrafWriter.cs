using System.Globalization;
using System.Text;
using System.Text.Json;
using LeptonStream.Collector.Points;

namespace LeptonStream.Roles.Tests.Collector.Formats;

/// <summary>
/// Writes a Prometheus page as Telegraf's plugin <c>inputs.prometheus</c> sends it on, from its documentation and its own test data: one
/// text for each of its metrics.
/// </summary>
internal static class TelegrafWriter
{
    public static IEnumerable<string> Write(PointBatch page, int version, bool asJson, long seconds)
    {
        var texts = new List<string>();
        foreach (ref readonly var point in page.Points)
        {
            var labels = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["host"] = "agent-1" };
            foreach (ref readonly var label in page.LabelsOf(point.Labels)) labels[page.TextOf(label.Name)] = page.TextOf(label.Value);
            foreach (var (name, tags, fields) in version == 1 ? [First(page, point, labels)] : Second(page, point, labels))
                texts.Add(asJson ? Json(name, tags, fields, seconds) : Line(name, tags, fields, seconds));
        }

        return texts;
    }

    private static (string, SortedDictionary<string, string>, SortedDictionary<string, double>) First(
        PointBatch page, in Point point, SortedDictionary<string, string> labels)
    {
        var fields = new SortedDictionary<string, double>(StringComparer.Ordinal);
        if (!point.HasDistribution) fields[point.Kind switch
        {
            PointKind.Gauge => "gauge",
            PointKind.Cumulative => "counter",
            _ => "value",
        }] = point.Value;
        else
        {
            ref readonly var distribution = ref page.DistributionOf(point);
            (fields["count"], fields["sum"]) = (distribution.Count, distribution.Sum);
            foreach (var (key, value) in Pairs(page, distribution)) fields[key] = value;
        }

        return (page.TextOf(point.Name), labels, fields);
    }

    private static List<(string, SortedDictionary<string, string>, SortedDictionary<string, double>)> Second(
        PointBatch page, in Point point, SortedDictionary<string, string> labels)
    {
        var name = page.TextOf(point.Name);
        if (!point.HasDistribution) return [("prometheus", labels, new() { [name] = point.Value })];
        ref readonly var distribution = ref page.DistributionOf(point);
        var all = new List<(string, SortedDictionary<string, string>, SortedDictionary<string, double>)>
        {
            ("prometheus", labels, new() { [name + "_count"] = distribution.Count, [name + "_sum"] = distribution.Sum }),
        };
        var (tag, ending) = point.Kind == PointKind.Summary ? ("quantile", "") : ("le", "_bucket");
        foreach (var (key, value) in Pairs(page, distribution))
            all.Add(("prometheus", new(labels) { [tag] = key }, new() { [name + ending] = value }));
        return all;
    }

    private static List<(string Key, double Value)> Pairs(PointBatch page, in Distribution distribution)
    {
        var pairs = new List<(string, double)>();
        var quantiles = page.NumbersOf(distribution.Quantiles);
        var values = page.NumbersOf(distribution.QuantileValues);
        for (var i = 0; i < quantiles.Length; i++) pairs.Add((Text(quantiles[i]), values[i]));
        var bounds = page.NumbersOf(distribution.Bounds);
        var counts = page.NumbersOf(distribution.Counts);
        var below = 0.0;
        for (var i = 0; i < counts.Length; i++) pairs.Add((i < bounds.Length ? Text(bounds[i]) : "+Inf", below += counts[i]));
        return pairs;
    }

    private static string Line(
        string name, SortedDictionary<string, string> tags, SortedDictionary<string, double> fields, long seconds) =>
        $"{Escaped(name)}{string.Concat(tags.Select(tag => $",{Escaped(tag.Key)}={Escaped(tag.Value)}"))} "
        + $"{string.Join(',', fields.Select(field => $"{Escaped(field.Key)}={Text(field.Value)}"))} {seconds}000000000\n";

    private static string Json(
        string name, SortedDictionary<string, string> tags, SortedDictionary<string, double> fields, long seconds) =>
        Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(new { fields, name, tags, timestamp = seconds })) + "\n";

    private static string Escaped(string text) => text.Replace(",", "\\,", StringComparison.Ordinal)
        .Replace("=", "\\=", StringComparison.Ordinal).Replace(" ", "\\ ", StringComparison.Ordinal);

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
