using System.Globalization;
using LeptonStream.Samples;

namespace LeptonStream.Backtest.SeriesFiles;

/// <summary>
/// A CSV file with one or more series over time, read row by row. Its header decides what a column is:
/// <list type="bullet">
/// <item>time: <c>timestamp</c>, <c>time</c> or <c>ts</c> (epoch seconds, ms, µs or ns, or text such as <c>2014-02-14 14:30:00</c>, UTC),
/// <c>ts_ms</c> (milliseconds), or <c>t</c> (counts rows; an interval makes it a time);</item>
/// <item><c>step</c>: the training step; <c>label</c>, <c>anomaly</c> or <c>is_anomaly</c>: the truth (0 or 1); <c>part</c>: train or test;</item>
/// <item>every other column is a metric of that name.</item>
/// </list>
/// </summary>
internal sealed class SeriesFile
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromMinutes(1);

    private readonly TimeSpan _interval;
    private readonly Column[] _columns;

    private SeriesFile(string path, TimeSpan interval, string[] header)
    {
        Path = path;
        _interval = interval;
        _columns = [.. header.Select(ColumnOf)];
        Metrics = [.. header.Where((_, i) => _columns[i] == Column.Metric)];
        if (!_columns.Any(c => c is Column.Time or Column.Milliseconds or Column.Count))
            throw new InvalidDataException($"{path} has no time column: one must be named timestamp, time, ts, ts_ms or t");
        if (Metrics.Count == 0) throw new InvalidDataException($"{path} has no metric column beside {string.Join(", ", header)}");
        if (header.GroupBy(h => h).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new InvalidDataException($"{path} has two columns named '{twice.Key}'");
    }

    private enum Column { Metric, Time, Milliseconds, Count, Step, Label, Part }

    public string Path { get; }

    /// <summary>The file's name without its extension: what a series is called that has no other name.</summary>
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>The metric columns, in the file's order.</summary>
    public IReadOnlyList<string> Metrics { get; }

    public bool HasLabels => _columns.Contains(Column.Label);

    /// <summary>Whether its times are dates; else they count from zero and mean 1970 until somebody shifts them.</summary>
    public bool HasCalendarTime => Rows().Select(row => row.Time).FirstOrDefault() >= FormatLimits.Default.Earliest;

    /// <summary>Reads the header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="interval">What one count of a <c>t</c> column means; a minute where it isn't said.</param>
    /// <exception cref="InvalidDataException">It is no such file; the message says why.</exception>
    public static SeriesFile Open(string path, TimeSpan? interval = null)
    {
        var header = File.ReadLines(path).FirstOrDefault() ?? throw new InvalidDataException($"{path} is empty");
        return new SeriesFile(path, interval ?? DefaultInterval, CsvLine.Split(header.TrimStart('\uFEFF')));
    }

    /// <summary>The CSV files that a path names: itself, or every one in the folder and below it, in a fixed order.</summary>
    /// <exception cref="FileNotFoundException">There is neither a file nor a folder of that name, or no CSV file in the folder.</exception>
    public static IReadOnlyList<string> Find(string path)
    {
        if (File.Exists(path)) return [path];
        if (!Directory.Exists(path)) throw new FileNotFoundException($"{path} is neither a file nor a folder");
        string[] found = [.. Directory.EnumerateFiles(path, "*.csv", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        return found.Length > 0 ? found : throw new FileNotFoundException($"{path} holds no CSV file");
    }

    /// <summary>The rows, read anew from the file.</summary>
    /// <exception cref="InvalidDataException">A field can't be read; the message names file, line and column.</exception>
    public IEnumerable<SeriesRow> Rows()
    {
        var line = 1;
        foreach (var text in File.ReadLines(Path).Skip(1))
        {
            line++;
            if (!string.IsNullOrWhiteSpace(text)) yield return Read(line, CsvLine.Split(text));
        }
    }

    /// <summary>How many rows there are, for a progress bar.</summary>
    public int CountRows() => File.ReadLines(Path).Skip(1).Count(text => !string.IsNullOrWhiteSpace(text));

    private SeriesRow Read(int line, string[] fields)
    {
        if (fields.Length != _columns.Length) throw Wrong(line, $"{fields.Length} fields, but the header has {_columns.Length}");
        var (time, timeText) = (Timestamp.Zero, "");
        var step = Sample.NoStep;
        var values = new double?[Metrics.Count];
        var metric = 0;
        bool? label = null;
        string? part = null;
        for (var i = 0; i < fields.Length; i++)
        {
            var field = fields[i].Trim();
            if (_columns[i] is Column.Time or Column.Milliseconds or Column.Count) timeText = field;
            switch (_columns[i])
            {
                case Column.Metric: values[metric] = ReadValue(line, Metrics[metric++], field); break;
                case Column.Time: time = TimeText.Read(field) ?? throw Wrong(line, $"'{field}' is no time"); break;
                case Column.Milliseconds: time = Timestamp.FromUnixMilliseconds(ReadWhole(line, field)); break;
                case Column.Count: time = Timestamp.Zero + (_interval * ReadWhole(line, field)); break;
                case Column.Step: step = field.Length == 0 ? Sample.NoStep : ReadWhole(line, field); break;
                case Column.Label: label = ReadLabel(line, field); break;
                case Column.Part: part = field; break;
            }
        }

        return new SeriesRow(line, time, step, values, label, part, timeText);
    }

    private double? ReadValue(int line, string metric, string field) => field.ToUpperInvariant() switch
    {
        "" => null,
        "NAN" => double.NaN,
        "INF" or "+INF" or "INFINITY" or "+INFINITY" => double.PositiveInfinity,
        "-INF" or "-INFINITY" => double.NegativeInfinity,
        _ when double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) => value,
        _ => throw Wrong(line, $"'{field}' in column '{metric}' is no number"),
    };

    private bool? ReadLabel(int line, string field) => field.ToUpperInvariant() switch
    {
        "" => null,
        "0" or "0.0" or "FALSE" => false,
        "1" or "1.0" or "TRUE" => true,
        _ => throw Wrong(line, $"the label '{field}' is neither 0 nor 1"),
    };

    private long ReadWhole(int line, string field) =>
        long.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Wrong(line, $"'{field}' is no whole number");

    private InvalidDataException Wrong(int line, string what) => new($"{Path}:{line}: {what}");

    private static Column ColumnOf(string name) => name.Trim().ToUpperInvariant() switch
    {
        "TIMESTAMP" or "TIME" or "TS" => Column.Time,
        "TS_MS" => Column.Milliseconds,
        "T" => Column.Count,
        "STEP" => Column.Step,
        "LABEL" or "ANOMALY" or "IS_ANOMALY" => Column.Label,
        "PART" => Column.Part,
        _ => Column.Metric,
    };
}
