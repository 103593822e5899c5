using System.Text.Json;
using LeptonStream.Backtest.SeriesFiles;
using LeptonStream.Samples;

namespace LeptonStream.Backtest;

/// <summary>
/// Finds the true anomalies of a file: its own label column; the windows of the Numenta Anomaly Benchmark, whose
/// <c>labels/combined_windows.json</c> lies beside the <c>data</c> folder; or a <c>labels.json</c> in the same folder that lists
/// <c>onset_ts_ms</c> and <c>end_ts_ms</c> by file name.
/// </summary>
internal static class EventLabels
{
    private const string NabWindows = "labels/combined_windows.json";
    private const string LabelsBeside = "labels.json";

    /// <summary>The events as rows, or null where nothing says what is true.</summary>
    /// <exception cref="InvalidDataException">A label file can't be read, or names a time that the file doesn't have.</exception>
    /// <param name="file">The file.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="list">A list as a <c>labels.json</c> is one, which stands for the one in the folder; null for that one.</param>
    public static IReadOnlyList<RowRange>? Of(SeriesFile file, IReadOnlyList<SeriesRow> rows, string? list = null)
    {
        if (file.HasLabels) return RowRange.Of([.. rows.Select(r => r.IsAnomalous ?? false)]);
        return NabWindowsOf(file, rows) ?? ListedOf(file, rows, list);
    }

    /// <summary>Whether a file belongs to the Numenta Anomaly Benchmark: its windows are listed.</summary>
    public static bool IsNab(string path) => NabListOf(path) is not null;

    private static (string File, string Key)? NabListOf(string path)
    {
        var full = Path.GetFullPath(path);
        for (var folder = Path.GetDirectoryName(full); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var list = Path.Combine(folder, NabWindows);
            var key = Path.GetRelativePath(Path.Combine(folder, "data"), full).Replace('\\', '/');
            if (File.Exists(list)) return key.StartsWith("..", StringComparison.Ordinal) ? null : (list, key);
        }

        return null;
    }

    private static List<RowRange>? NabWindowsOf(SeriesFile file, IReadOnlyList<SeriesRow> rows)
    {
        if (NabListOf(file.Path) is not { } list) return null;
        using var json = Parse(list.File);
        if (!json.RootElement.TryGetProperty(list.Key, out var windows)) return null;
        return [.. windows.EnumerateArray().Select(w => Range(list.File, rows, TimeOf(w[0]), TimeOf(w[1])))];

        Timestamp TimeOf(JsonElement text) =>
            RowTimeText.Read(text.GetString()!) ?? throw new InvalidDataException($"{list.File}: '{text}' of {list.Key} is no time");
    }

    private static List<RowRange>? ListedOf(SeriesFile file, IReadOnlyList<SeriesRow> rows, string? other)
    {
        var list = other ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file.Path))!, LabelsBeside);
        if (!File.Exists(list)) return null;
        using var json = Parse(list);
        if (!json.RootElement.TryGetProperty(file.Name, out var faults)) return null;
        var events = new List<RowRange>();
        foreach (var fault in faults.EnumerateArray())
        {
            // A run that died has no end, and no rows in which anything could be seen.
            if (!fault.TryGetProperty("end_ts_ms", out var end)) continue;
            events.Add(Range(list, rows, Milliseconds(fault.GetProperty("onset_ts_ms")), Milliseconds(end)));
        }

        return Apart(events);

        static Timestamp Milliseconds(JsonElement number) => Timestamp.FromUnixMilliseconds(number.GetInt64());
    }

    private static RowRange Range(string list, IReadOnlyList<SeriesRow> rows, Timestamp from, Timestamp to)
    {
        var first = 0;
        while (first < rows.Count && rows[first].Time < from) first++;
        var last = rows.Count - 1;
        while (last >= 0 && rows[last].Time > to) last--;
        return first <= last ? new(first, last) : throw new InvalidDataException($"{list}: no row lies between {from} and {to}");
    }

    // Faults that overlap can't be told apart by their rows: they are one event.
    private static List<RowRange> Apart(List<RowRange> events)
    {
        var apart = new List<RowRange>();
        foreach (var truth in events.OrderBy(e => e.First))
        {
            if (apart.Count > 0 && truth.First <= apart[^1].Last)
                apart[^1] = apart[^1] with { Last = Math.Max(apart[^1].Last, truth.Last) };
            else apart.Add(truth);
        }

        return apart;
    }

    private static JsonDocument Parse(string path)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path));
        }
        catch (JsonException wrong)
        {
            throw new InvalidDataException($"{path} is not JSON: {wrong.Message}", wrong);
        }
    }
}
