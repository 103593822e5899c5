using LeptonStream.Alerts;
using LeptonStream.Backtest.SeriesFiles;
using LeptonStream.Detection;
using LeptonStream.Detection.Policies;
using LeptonStream.Samples;

namespace LeptonStream.Backtest;

/// <summary>One file after the pipeline has been through it: one series, or one entity where the file has several metrics.</summary>
internal sealed class BacktestFile
{
    private readonly Dictionary<string, int> _metricIndex;
    private readonly bool[] _alerting;
    private readonly FindingLog _findings;
    private bool _isEntityAlerting;
    private int _row;

    private BacktestFile(SeriesFile file, IReadOnlyList<SeriesRow> rows, IReadOnlyList<RowRange>? events, string family)
    {
        File = file;
        Rows = rows;
        Family = family;
        HasTruth = events is not null;
        IsNab = EventLabels.IsNab(file.Path);
        Account = new(file.Path);
        Shift = file.HasCalendarTime ? TimeSpan.Zero : FileClock.Lead;
        _findings = new(Shift);
        var metrics = file.Metrics.Count;
        _metricIndex = file.Metrics.Select((name, i) => (name, i)).ToDictionary(m => m.name, m => m.i);
        _alerting = new bool[metrics];
        Verdicts = new RowVerdict[rows.Count];
        MetricScores = new float[metrics][];
        MetricPoints = new JudgedPoint[metrics][];
        for (var i = 0; i < metrics; i++)
        {
            MetricScores[i] = new float[rows.Count];
            MetricPoints[i] = new JudgedPoint[rows.Count];
            Array.Fill(MetricPoints[i], JudgedPoint.None);
        }

        // Train parts carry no true labels.
        var train = rows.TakeWhile(r => string.Equals(r.Part, "train", StringComparison.OrdinalIgnoreCase)).Count();
        var first = Math.Max(train, ScoredSeries.WarmUpOf(rows.Count));
        var days = first < rows.Count ? (rows[^1].Time - rows[first].Time).TotalDays : 0;
        Series = new(new double[rows.Count], new bool[rows.Count], events ?? [], first, days);
        AllEvents = events ?? [];
    }

    /// <summary>The judgement of one row, by the metric that speaks for it: the one with the highest score.</summary>
    internal readonly record struct RowVerdict(int Metric, double Value, double Expected, double Lower, double Upper);

    /// <summary>A judged value and what was expected instead; NaN where a part isn't known.</summary>
    internal readonly record struct JudgedPoint(float Value, float Expected, float Lower, float Upper)
    {
        public static JudgedPoint None => new(float.NaN, float.NaN, float.NaN, float.NaN);
    }

    public SeriesFile File { get; }

    public IReadOnlyList<SeriesRow> Rows { get; }

    /// <summary>The folder it lies in.</summary>
    public string Family { get; }

    /// <summary>Whether anything says what is true of it.</summary>
    public bool HasTruth { get; }

    /// <summary>Whether it belongs to the Numenta Anomaly Benchmark.</summary>
    public bool IsNab { get; }

    /// <summary>The true anomalies, those of the warm-up too.</summary>
    public IReadOnlyList<RowRange> AllEvents { get; }

    public ScoredSeries Series { get; }

    /// <summary>Neither where nothing says what is true of it.</summary>
    public ScoreAreas Areas { get; set; }

    public IReadOnlyList<RowVerdict> RowVerdicts => Verdicts;

    /// <summary>Score by metric and row; 0 where the metric was not measured.</summary>
    public float[][] MetricScores { get; }

    /// <summary>The columns of a chart, for each metric and row.</summary>
    public JudgedPoint[][] MetricPoints { get; }

    /// <summary>Every alert of the file, in the order of their opening.</summary>
    public IReadOnlyList<Finding> Findings => _findings.Findings;

    /// <summary>The rows that were not judged.</summary>
    public RowAccount Account { get; }

    /// <summary>Whether its rows go forward in time.</summary>
    public RowOrder Order { get; } = new();

    /// <summary>Number of samples judged.</summary>
    public long Samples { get; private set; }

    private RowVerdict[] Verdicts { get; }

    // How far the clock of the pipeline is ahead of the file's.
    private TimeSpan Shift { get; }

    /// <summary>Reads a file and sends it, row by row, through the pipeline of a partition.</summary>
    /// <exception cref="InvalidDataException">The file can't be read, or none of its rows can be judged; the message says which and
    /// why.</exception>
    public static BacktestFile Run(
        string path, string family, TimeSpan? interval, DetectionPolicy policy, PolicySet? policies = null, string? labels = null)
    {
        var file = SeriesFile.Open(path, interval);
        SeriesRow[] rows = [.. file.Rows()];
        if (rows.Length == 0) throw new InvalidDataException($"{path} has a header and no row");
        var backtest = new BacktestFile(file, rows, EventLabels.Of(file, rows, labels), family);
        backtest.Run(policy, policies);
        return backtest;
    }

    private void Run(DetectionPolicy policy, PolicySet? policies)
    {
        var pipeline = new PartitionPipeline("backtest", 0, policy, policies) { Observer = Observe, EntityObserver = ObserveEntity };
        using var message = new RowMessage(File.Name, File.Metrics);
        var events = new List<AlertEvent>();
        for (_row = 0; _row < Rows.Count; _row++)
        {
            Verdicts[_row] = new(-1, double.NaN, double.NaN, double.NaN, double.NaN);
            var row = Rows[_row];
            var time = row.Time + Shift;
            if (_row > 0 && row.Step != Sample.NoStep) LetTimePass(pipeline, Rows[_row - 1].Time, row.Time, events);
            var outcome = pipeline.Process(message.Of(row, time), _row, time, events);
            Account.Add(row, outcome, pipeline, Order.Add(row));
            Samples += outcome.Samples;
            Series.Alarms[_row] = _isEntityAlerting || Array.IndexOf(_alerting, true) >= 0;
            events.ForEach(_findings.Take);
            events.Clear();
        }

        if (Account.NotJudged == Rows.Count) throw new InvalidDataException(Account.Reasons.First());
    }

    // The detector looks at the clock between two records, too: that is how a run that stands still is seen.
    private static void LetTimePass(PartitionPipeline pipeline, Timestamp from, Timestamp until, List<AlertEvent> events)
    {
        for (var now = from + FileClock.Tick; now < until && pipeline.WatchesSilence; now += FileClock.Tick)
            pipeline.Tick(now - from, events);
    }

    private void Observe(in JudgedSample judged)
    {
        var metric = _metricIndex[judged.Key.Metric];
        _alerting[metric] = judged.IsAlerting;
        MetricScores[metric][_row] = (float)judged.Score;
        MetricPoints[metric][_row] = new((float)judged.Sample.Value, (float)judged.Expected, (float)judged.Lower, (float)judged.Upper);
        if (Verdicts[_row].Metric >= 0 && judged.Score <= MetricScores[Verdicts[_row].Metric][_row]) return;
        Series.Scores[_row] = judged.Score;
        Verdicts[_row] = new(metric, judged.Sample.Value, judged.Expected, judged.Lower, judged.Upper);
    }

    // Of an entity, the row as a whole is judged; the chart shows the metric that speaks loudest.
    private void ObserveEntity(in JudgedRow judged)
    {
        Series.Scores[_row] = judged.Score;
        _isEntityAlerting = judged.IsAlerting;
    }
}
