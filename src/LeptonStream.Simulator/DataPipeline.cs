using Names = LeptonStream.Simulator.MetricNames;

namespace LeptonStream.Simulator;

/// <summary>
/// The feature pipeline: three tables written in micro-batches of five minutes, some late, each checked on a sample of rows.
/// </summary>
internal sealed class DataPipeline : IFleetSource
{
    private const int RowsChecked = 2000;
    private static readonly TimeSpan BatchEvery = TimeSpan.FromMinutes(5);

    private readonly FaultScript _script;
    private readonly Noise _noise;
    private readonly MessageWriter _writer = new(Names.Features, array: true);
    private readonly Table[] _tables;

    public DataPipeline(int seed, FaultScript script)
    {
        _script = script;
        _noise = new Noise(seed, Names.Features);
        _tables =
        [
            new("clicks", 5200, 0.012, new Wander(_noise, TimeSpan.FromMinutes(20))),
            new("impressions", 61_000, 0.004, new Wander(_noise, TimeSpan.FromMinutes(20))),
            new("orders", 140, 0.0015, new Wander(_noise, TimeSpan.FromMinutes(20))),
        ];
    }

    public FleetMessage Sample(in Moment now)
    {
        _writer.Begin(now);
        foreach (var table in _tables) Write(now, table);
        return _writer.End(now);
    }

    public void Dispose() => _writer.Dispose();

    private void Write(in Moment now, Table table)
    {
        var shape = LoadShape.At(now.Elapsed, TimeSpan.FromHours(1));
        var wander = table.Wander.Next(now);

        // Fewer rows vary more.
        var rows = table.RowsPerSecond * shape * Math.Exp((0.04 * wander) + (0.05 / Math.Sqrt(shape) * _noise.Normal()));
        var nulls = table.NullShare * Math.Exp(0.08 * wander);
        if (table.Name == "clicks") nulls += 0.04 * _script.Intensity(FaultKind.NullFractionJump, now);

        _writer.BeginEntity(("table", table.Name));
        _writer.Metric(Names.Rows, rows);
        _writer.Metric(Names.NullFraction, _noise.Count(RowsChecked * nulls) / (double)RowsChecked);
        _writer.Metric(Names.Freshness, Lag(now, table));
        _writer.EndEntity();
    }

    /// <summary>The age of the newest row: it grows until the next batch is committed.</summary>
    private double Lag(in Moment now, Table table)
    {
        var hurry = _noise.Normal();
        var late = _noise.Uniform();
        if (now.Elapsed >= table.NextCommit)
        {
            table.Newest = BatchEvery * Math.Floor(now.Elapsed / BatchEvery);
            var work = TimeSpan.FromSeconds((14 * Math.Exp(0.4 * hurry)) + (late < 0.02 ? 20 + (2500 * late) : 0));
            table.NextCommit = table.Newest + BatchEvery + work;
        }

        return (now.Elapsed - table.Newest).TotalSeconds;
    }

    private sealed class Table(string name, double rowsPerSecond, double nullShare, Wander wander)
    {
        public string Name => name;

        public double RowsPerSecond => rowsPerSecond;

        public double NullShare => nullShare;

        public Wander Wander => wander;

        /// <summary>Event time up to which its rows are there.</summary>
        public TimeSpan Newest { get; set; }

        public TimeSpan NextCommit { get; set; } = BatchEvery;
    }
}
