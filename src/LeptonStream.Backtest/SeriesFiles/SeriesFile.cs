using System.Globalization;
using LeptonStream.Samples;

namespace LeptonStream.Backtest.SeriesFiles;

/// <summary>
/// A text file with one or more series over time, read row by row: fields apart by comma, semicolon or tab (what the header has most of),
/// packed with gzip or not. Its header decides what a column is:
/// <list type="bullet">
/// <item>time: <c>timestamp</c>, <c>datetime</c>, <c>date</c>, <c>time</c> or <c>ts</c> (epoch seconds, ms, µs or ns, or text such as
/// <c>2014-02-14 14:30:00</c>, UTC; a <c>date</c> and a <c>time</c> column are one time), <c>ts_ms</c> (milliseconds), or <c>t</c> (counts
/// rows; an interval makes it a time);</item>
/// <item><c>step</c>: the training step; <c>label</c>, <c>anomaly</c> or <c>is_anomaly</c>: the truth (0 or 1); <c>part</c>: train or
/// test;</item>
/// <item>every other column is a metric of that name.</item>
/// </list>
/// Numbers have a decimal point; between semicolons a decimal comma is read too.
/// </summary>
internal sealed class SeriesFile
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromMinutes(1);

    private readonly TimeSpan _interval;
    private readonly Column[] _columns;
    private readonly string _delimiter;

    private SeriesFile(string path, TimeSpan interval, string[] header, string delimiter)
    {
        Path = path;
        _interval = interval;
        _delimiter = delimiter;
        _columns = [.. header.Select(ColumnOf)];
        Metrics = [.. header.Where((_, i) => _columns[i] == Column.Metric)];
        string[] times = [.. header.Where((_, i) => IsTime(_columns[i]))];
        if (times.Length == 0)
            throw new InvalidDataException($"{path} has no time column: one must be named timestamp, datetime, date, time, ts, ts_ms or t");
        if (times.Length > 1 && !times.Select(name => name.ToUpperInvariant()).Order().SequenceEqual(["DATE", "TIME"]))
            throw new InvalidDataException(
                $"{path} has {times.Length} time columns ({string.Join(", ", times)}): leave one, or a date and a time");
        if (Metrics.Count == 0) throw new InvalidDataException($"{path} has no metric column beside {string.Join(", ", header)}");
        if (header.GroupBy(h => h).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new InvalidDataException($"{path} has two columns named '{twice.Key}'");
    }

    private enum Column { Metric, Date, Time, Milliseconds, Count, Step, Label, Part }

    public string Path { get; }

    /// <summary>The file's name without its extension: what a series is called that has no other name.</summary>
    public string Name => DelimitedText.NameOf(Path);

    /// <summary>The metric columns, in the file's order.</summary>
    public IReadOnlyList<string> Metrics { get; }

    public bool HasLabels => _columns.Contains(Column.Label);

    /// <summary>Whether its times are dates; else they count from zero and mean 1970 until somebody shifts them.</summary>
    public bool HasCalendarTime => Rows().Select(row => row.Time).FirstOrDefault() >= FormatLimits.Default.Earliest;

    /// <summary>Reads the header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="interval">Length of one count of a <c>t</c> column; null for a minute.</param>
    /// <exception cref="InvalidDataException">It is no such file; the message says why.</exception>
    public static SeriesFile Open(string path, TimeSpan? interval = null)
    {
        var (header, delimiter) = DelimitedText.Header(path);
        return new SeriesFile(path, interval ?? DefaultInterval, header, delimiter);
    }

    /// <summary>
    /// The files that a path names: itself, or every <c>.csv</c> and <c>.tsv</c>, packed or not, in the folder and below it, in a fixed
    /// order.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is neither a file nor a folder of that name, or no CSV file in the folder.</exception>
    public static IReadOnlyList<string> Find(string path)
    {
        if (File.Exists(path)) return [path];
        if (!Directory.Exists(path)) throw new FileNotFoundException($"{path} is neither a file nor a folder");
        string[] found = [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Where(DelimitedText.IsNamedSo)
            .Order(StringComparer.Ordinal)];
        return found.Length > 0 ? found : throw new FileNotFoundException($"{path} holds no .csv or .tsv file");
    }

    /// <summary>The rows, read from the file each time.</summary>
    /// <exception cref="InvalidDataException">A field can't be read; the message names file, line and column.</exception>
    public IEnumerable<SeriesRow> Rows() => DelimitedText.Rows(Path, _delimiter).Select(row => Read(row.Line, row.Fields));

    /// <summary>Number of rows, for a progress bar.</summary>
    public int CountRows() => DelimitedText.Rows(Path, _delimiter).Count();

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
            if (IsTime(_columns[i])) timeText = timeText.Length == 0 ? field : Joined(i, field, timeText);
            switch (_columns[i])
            {
                case Column.Metric: values[metric] = ReadValue(line, Metrics[metric++], field); break;
                case Column.Date or Column.Time: break;
                case Column.Milliseconds: time = Timestamp.FromUnixMilliseconds(ReadWhole(line, field)); break;
                case Column.Count: time = Timestamp.Zero + (_interval * ReadWhole(line, field)); break;
                case Column.Step: step = field.Length == 0 ? Sample.NoStep : ReadWhole(line, field); break;
                case Column.Label: label = ReadLabel(line, field); break;
                case Column.Part: part = field; break;
            }
        }

        if (Array.Exists(_columns, column => column is Column.Date or Column.Time))
            time = RowTimeText.Read(timeText) ?? throw Wrong(line, $"'{timeText}' is no time");
        return new SeriesRow(line, time, step, values, label, part, timeText);
    }

    // A date and a time of day, whichever comes first in the file.
    private string Joined(int column, string field, string other) =>
        _columns[column] == Column.Date ? $"{field} {other}" : $"{other} {field}";

    private double? ReadValue(int line, string metric, string field) => field.ToUpperInvariant() switch
    {
        "" => null,
        "NAN" => double.NaN,
        "INF" or "+INF" or "INFINITY" or "+INFINITY" => double.PositiveInfinity,
        "-INF" or "-INFINITY" => double.NegativeInfinity,
        _ when double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) => value,
        _ when _delimiter == ";" && double.TryParse(
            field.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) => value,
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

    private static bool IsTime(Column column) => column is Column.Date or Column.Time or Column.Milliseconds or Column.Count;

    private static Column ColumnOf(string name) => name.Trim().ToUpperInvariant() switch
    {
        "DATE" => Column.Date,
        "TIMESTAMP" or "DATETIME" or "TIME" or "TS" => Column.Time,
        "TS_MS" => Column.Milliseconds,
        "T" => Column.Count,
        "STEP" => Column.Step,
        "LABEL" or "ANOMALY" or "IS_ANOMALY" => Column.Label,
        "PART" => Column.Part,
        _ => Column.Metric,
    };
}
