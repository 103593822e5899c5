using LeptonStream.Alerts;
using LeptonStream.Backtest;
using LeptonStream.Backtest.SeriesFiles;
using LeptonStream.Detection;
using LeptonStream.Samples;
using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Backtest.Promises;

/// <summary>
/// A series is judged by its own past: whatever other entities live in its partition, its scores and alarms stay as they are, bit for
/// bit. As one of several metrics of an entity its alert opens later, since they share a budget, and its scores are the same whatever the
/// others do.
/// </summary>
[Parallelizable(ParallelScope.Children)]
internal sealed class NeighbourTests
{
    private const string Watched = "watched";

    // Some share the watched one's policy, some have presets of their own: a counter, a code, a limit.
    private static readonly string[] NeighbourMetrics =
        ["value", "cpu", "http_requests_total", "loss", "DCGM_FI_DEV_XID_ERRORS", "vllm:gpu_cache_usage_perc"];

    // Of each so many rows: several alerts of most.
    private const int Rows = 10_000;

    [TestCaseSource(typeof(RealSeries), nameof(RealSeries.All))]
    public void Scores_BesideNeighbours_AreThoseOfTheSeriesAlone(string name)
    {
        SeriesRow[] rows = [.. SeriesFile.Open(SharedFolder.Require(name)).Rows().Take(Rows)];
        using var alone = new Partition(["value"]);
        using var beside = new Partition(["value"]);
        using var joined = new Partition(["value", "lag"]);
        using var otherwise = new Partition(["value", "lag"]);
        var crowd = Enumerable.Range(0, 3).Select(i => new RowMessage($"neighbour-{i}", NeighbourMetrics)).ToArray();
        var random = new Random(1);
        foreach (var row in rows)
        {
            alone.Watch(row with { Values = [row.Values[0]] });
            foreach (var neighbour in crowd) beside.Take(neighbour.Of(Noise(row, random), row.Time), row.Time);
            beside.Watch(row with { Values = [row.Values[0]] });
            joined.Watch(row with { Values = [row.Values[0], random.NextDouble()] });
            otherwise.Watch(row with { Values = [row.Values[0], 100 + (10 * random.NextDouble())] });
        }

        foreach (var neighbour in crowd) neighbour.Dispose();
        // Some files tell a time twice; the second is refused.
        Assert.That(alone.Scores, Has.Count.InRange(0.99 * rows.Length, rows.Length));
        Assert.That(beside.Scores, Has.Count.EqualTo(alone.Scores.Count));
        Difference.Between([.. alone.Scores], [.. alone.Alarms], [.. beside.Scores], [.. beside.Alarms]).IsNone("beside neighbours");
        // Another metric of the entity may make an open alert critical, which is not accepted as the new normal.
        Assert.That(joined.Scores, Is.EqualTo(otherwise.Scores), "beside another metric of its entity");
    }

    // Wild enough to alarm now and then: steps, spikes, no numbers.
    private static SeriesRow Noise(SeriesRow row, Random random) => row with
    {
        Values = [.. NeighbourMetrics.Select((_, i) => random.Next(500) switch
        {
            0 => double.NaN,
            1 => 1e6,
            _ => (double?)(row.Line / 700) + (i * random.NextDouble()),
        })],
    };

    private sealed class Partition : IDisposable
    {
        private readonly PartitionPipeline _pipeline = new("t", 0, DetectionPolicy.Default);
        private readonly RowMessage _message;
        private readonly List<AlertEvent> _events = [];
        private long _offset;

        public Partition(string[] metrics)
        {
            _message = new(Watched, metrics);
            _pipeline.Observer = Note;
        }

        public List<double> Scores { get; } = [];

        public List<bool> Alarms { get; } = [];

        public void Dispose() => _message.Dispose();

        public void Watch(in SeriesRow row) => Take(_message.Of(row, row.Time), row.Time);

        public void Take(ReadOnlySpan<byte> record, Timestamp time)
        {
            var outcome = _pipeline.Process(record, _offset++, time, _events);
            Assert.That(outcome.IsAccepted, outcome.Detail);
            _events.Clear();
        }

        private void Note(in JudgedSample judged)
        {
            if (judged.Key.Model != Watched || judged.Key.Metric != "value") return;
            Scores.Add(judged.Score);
            Alarms.Add(judged.IsAlerting);
        }
    }
}
