using System.Globalization;
using System.Text.Json;
using LeptonStream.Backtest;
using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Backtest;

/// <summary>Average precision and the volumes under the surface against the values that TSB-AD's own code gave.</summary>
internal sealed class ThresholdFreeTests
{
    private static readonly string[] Scores = ["absdev", "absdiff", "uniform", "oracle_noisy"];

    [Test]
    public void Of_GoldenSeries_GivesTheGoldenValues([ValueSource(nameof(Scores))] string score, [Values(1, 10, 100)] int window)
    {
        var rows = File.ReadLines(SharedFolder.Require("data/metrics-golden/series_001_NAB.csv")).Select(line => line.Split(',')).ToArray();
        var column = Array.IndexOf(rows[0], score);
        double[] scores = [.. rows.Skip(1).Select(r => double.Parse(r[column], CultureInfo.InvariantCulture))];
        bool[] labels = [.. rows.Skip(1).Select(r => r[1] == "1")];
        using var golden = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.Require("data/metrics-golden/expected.json")));
        var expected = golden.RootElement.GetProperty($"{score}|window={window}");

        Assert.That(AveragePrecision.Of(scores, labels), Is.EqualTo(expected.GetProperty("AUC-PR").GetDouble()).Within(1e-9));
        var volume = VolumeUnderSurface.Of(scores, labels, window)!.Value;
        Assert.That(volume.Pr, Is.EqualTo(expected.GetProperty("VUS-PR").GetDouble()).Within(1e-9));
        Assert.That(volume.Roc, Is.EqualTo(expected.GetProperty("VUS-ROC").GetDouble()).Within(1e-9));
    }

    [Test]
    public void Of_RandomScoresAndEvents_IsWhatTheDefinitionSays([Range(1, 30)] int seed, [Values(0, 1, 7, 24)] int window)
    {
        // Close events whose edges overlap, events at both ends, equal scores, fewer rows than thresholds: what the golden series lacks.
        var random = new Random(seed);
        var rows = random.Next(20, 400);
        double[] scores = [.. Enumerable.Range(0, rows).Select(_ => random.Next(seed % 2 == 0 ? 8 : 1000) / 10.0)];
        bool[] labels = [.. Enumerable.Range(0, rows).Select(row => row == seed % 20 || random.Next(12) == 0)];
        var volume = VolumeUnderSurface.Of(scores, labels, window, thresholds: 50)!.Value;
        Assert.That(volume.Pr, Is.EqualTo(ByDefinition(scores, labels, window, 50)).Within(1e-9));
    }

    [Test]
    public void Of_NothingAnomalous_IsNull()
    {
        Assert.That(AveragePrecision.Of([1, 2], [false, false]), Is.Null);
        Assert.That(VolumeUnderSurface.Of([1, 2], [false, false], 10), Is.Null);
    }

    [Test]
    public void Of_EqualScores_IsTheShareOfAnomalousRows() =>
        Assert.That(AveragePrecision.Of([5, 5, 5, 5], [true, false, false, false]), Is.EqualTo(0.25));

    // Row by row and threshold by threshold, with nothing kept from one to the next.
    private static double ByDefinition(double[] scores, bool[] labels, int window, int thresholds)
    {
        var events = RowRange.Of(labels);
        double[] falling = [.. scores.OrderDescending()];
        double volume = 0;
        for (var buffer = 0; buffer <= window; buffer++)
        {
            double[] weights = [.. labels.Select((label, row) => label ? 1 : Math.Min(1, events.Sum(e => EdgeOf(e, row, buffer))))];
            var widened = Widened(events, buffer / 2, labels.Length);
            double lastHit = 0;
            for (var k = 0; k < thresholds; k++)
            {
                var threshold = falling[k == thresholds - 1 ? scores.Length - 1 : (int)(k * ((scores.Length - 1) / (thresholds - 1.0)))];
                bool[] flagged = [.. scores.Select(s => s >= threshold)];
                var caught = weights.Where((_, row) => flagged[row]).Sum();
                var counted = weights.Where((_, row) => flagged[row] || labels[row]).Sum();
                var touched = widened.Count(range => flagged[range.First..(range.Last + 1)].Contains(true)) / (double)widened.Count;
                var hit = Math.Min(1, caught / ((labels.Count(l => l) + counted) / 2)) * touched;
                volume += (hit - lastHit) * caught / flagged.Count(f => f);
                lastHit = hit;
            }
        }

        return volume / (window + 1);
    }

    private static double EdgeOf(RowRange truth, int row, int buffer)
    {
        var distance = row < truth.First ? truth.First - row : row - truth.Last;
        return distance <= buffer / 2 ? Math.Sqrt(1 - (distance / (double)buffer)) : 0;
    }

    // Edges that only lie side by side don't meet.
    private static List<RowRange> Widened(List<RowRange> events, int half, int rows)
    {
        var ranges = new List<RowRange>();
        foreach (var range in events.Select(e => new RowRange(Math.Max(0, e.First - half), Math.Min(rows - 1, e.Last + half))))
        {
            if (ranges.Count > 0 && ranges[^1].Overlaps(range)) ranges[^1] = ranges[^1] with { Last = range.Last };
            else ranges.Add(range);
        }

        return ranges;
    }
}
