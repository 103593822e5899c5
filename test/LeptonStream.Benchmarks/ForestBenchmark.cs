using System.Diagnostics;
using LeptonStream.Detectors.Forest;

namespace LeptonStream.Benchmarks;

/// <summary>
/// The isolation forests against scikit-learn's and AWS's random cut forest: the same sizes, one thread, ours measured before and after
/// theirs.
/// </summary>
internal static class ForestBenchmark
{
    private const int Features = 8;
    private const int FitRows = 2_000;

    // scikit-learn 1.9.1 was measured to score 3.9 times as fast as Debian's 1.2.1 on one machine in one run; it fits no faster.
    private const double NewestScoresFaster = 3.9;

    public static async Task Run(Report report, bool quick)
    {
        var rows = Gaussian(quick ? 20_000 : 100_000);
        await Batch(report, rows);
        await Streaming(report, rows, quick);
    }

    private static async Task Batch(Report report, float[] rows)
    {
        var count = rows.Length / Features;
        Report.Progress($"isolation forest, 100 trees, ψ 256, {count:N0} rows of {Features} features");
        var before = new BatchFigures(rows);
        Report.Progress("scikit-learn's isolation forest, the same");
        var peer = await ScikitLearn.Run(rows, Features, FitRows);
        var after = new BatchFigures(rows);
        var (fit, score, row) = (Middle(before.FitNs, after.FitNs), Middle(before.ScoreNs, after.ScoreNs),
            Middle(before.OneRowNs, after.OneRowNs));
        report.Add("forestScoreNs", "isolation forest, score in a batch", score, "ns/row", $"mean score {before.MeanScore:F3}");
        report.Add("forestRowNs", "isolation forest, score one row a call", row, "ns/row");
        report.Add("forestFitMs", $"isolation forest, fit on {FitRows:N0} rows", fit / 1e6, "ms");
        report.Add("forestScoreBytes", "isolation forest, allocated", before.BytesPerRow, "B/row");
        if (peer.Figures is not { } theirs)
        {
            report.Skip("forestScoreRatio", "scikit-learn ÷ isolation forest", peer.Why);
            return;
        }

        report.Add("forestScoreRatio", $"scikit-learn {theirs.Version} ÷ ours, score in a batch", theirs.ScoreNs / score, "x",
            $"{theirs.ScoreNs:N0} ns/row, mean score {theirs.MeanScore:F3}");
        report.Add("forestScoreRatioNewest", "the newest scikit-learn ÷ ours, score in a batch",
            theirs.ScoreNs / score / NewestScoresFaster, "x", $"derived: 1.9.1 scores {NewestScoresFaster} times as fast as 1.2.1");
        report.Add("forestRowRatio", $"scikit-learn {theirs.Version} ÷ ours, score one row a call", theirs.OneRowNs / row, "x",
            $"{theirs.OneRowNs / 1e3:N0} µs/row");
        report.Add("forestFitRatio", $"scikit-learn {theirs.Version} ÷ ours, fit", theirs.FitNs / fit, "x", $"{theirs.FitNs / 1e6:F0} ms");
    }

    private static async Task Streaming(Report report, float[] rows, bool quick)
    {
        Report.Progress($"streaming forest, {Features} features, score and learn");
        var before = new StreamingFigures(rows, entities: 1);
        Report.Progress("random cut forest, the same");
        var peer = await RandomCutForest.Run(quick ? 20_000 : 100_000);
        var after = new StreamingFigures(rows, entities: 1);
        var many = new StreamingFigures(rows, entities: 1_000);
        var update = Middle(before.UpdateNs, after.UpdateNs);
        report.Add("streamingForestNs", "streaming forest, score and learn", update, "ns/row",
            $"one entity, all in the cache; {before.GrowNs / 1e3:F1} µs for one that grows a tree");
        report.Add("streamingForestManyNs", "streaming forest, 1,000 entities in turn", many.UpdateNs, "ns/row", "none in the cache");
        report.Add("streamingForestBytes", "streaming forest, allocated", Math.Max(before.BytesPerRow, many.BytesPerRow), "B/row");
        report.Add("streamingForestMemory", "streaming forest, memory", many.BytesPerEntity / 1024, "KB/entity", $"{Features} features");
        if (peer.FastestNs is { } theirs)
            report.Add("streamingForestRatio", "AWS random cut forest ÷ ours, one update", theirs / update, "x",
                $"{theirs / 1e3:F1} µs, 50 × 256; ours {new StreamingForestOptions().Trees} × {new StreamingForestOptions().Rows}");
        else report.Skip("streamingForestRatio", "AWS random cut forest ÷ ours", peer.Why);
    }

    private static double Middle(double first, double second) => Math.Sqrt(first * second);

    private static float[] Gaussian(int rows)
    {
        var random = new Random(1);
        var values = new float[rows * Features];
        foreach (ref var value in values.AsSpan())
            value = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return values;
    }

    private static double Median(int times, Action work)
    {
        var spent = new double[times];
        for (var i = 0; i < times; i++)
        {
            var began = Stopwatch.GetTimestamp();
            work();
            spent[i] = Stopwatch.GetElapsedTime(began).TotalNanoseconds;
        }

        Array.Sort(spent);
        return spent[times / 2];
    }

    private sealed record BatchFigures
    {
        public BatchFigures(float[] rows)
        {
            var sample = rows[..(FitRows * Features)];
            var forest = IsolationForest.Fit(sample, Features, new());
            var scores = new double[rows.Length / Features];
            Median(200, () => IsolationForest.Fit(sample, Features, new()));
            FitNs = Median(101, () => IsolationForest.Fit(sample, Features, new()));
            Median(10, () => forest.Score(rows, scores));
            var bytes = GC.GetAllocatedBytesForCurrentThread();
            forest.Score(rows, scores);
            BytesPerRow = (double)(GC.GetAllocatedBytesForCurrentThread() - bytes) / scores.Length;
            ScoreNs = Median(15, () => forest.Score(rows, scores)) / scores.Length;
            MeanScore = scores.Average();
            OneRowNs = Median(9, () =>
            {
                for (var i = 0; i < 10_000; i++) scores[i] = forest.Score(rows.AsSpan(i * Features, Features));
            }) / 10_000;
        }

        public double FitNs { get; }

        public double ScoreNs { get; }

        public double OneRowNs { get; }

        public double BytesPerRow { get; }

        public double MeanScore { get; }
    }

    private sealed record StreamingFigures
    {
        private const int WarmUp = 700;

        public StreamingFigures(float[] rows, int entities)
        {
            var builder = new TreeBuilder();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var forests = new StreamingForest[entities];
            for (var i = 0; i < entities; i++) forests[i] = new(new() { Seed = (ulong)i }, builder);
            foreach (var forest in forests)
                for (var i = 0; i < WarmUp; i++) Update(forest, rows, i);
            BytesPerEntity = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / entities;

            var count = rows.Length / Features;
            UpdateNs = Median(7, () =>
            {
                for (var i = 0; i < count; i++) Update(forests[i % entities], rows, i);
            }) / count;
            var bytes = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < count; i++) Update(forests[i % entities], rows, i);
            BytesPerRow = (double)(GC.GetAllocatedBytesForCurrentThread() - bytes) / count;

            var each = new double[count];
            for (var i = 0; i < count; i++)
            {
                var began = Stopwatch.GetTimestamp();
                Update(forests[i % entities], rows, i);
                each[i] = Stopwatch.GetElapsedTime(began).TotalNanoseconds;
            }

            Array.Sort(each);
            // A tree grows every sixteenth row, so this is the middle of the rows that grow one.
            GrowNs = each[count - (count / 32)];
        }

        public double UpdateNs { get; }

        public double GrowNs { get; }

        public double BytesPerRow { get; }

        public double BytesPerEntity { get; }

        private static void Update(StreamingForest forest, float[] rows, int i)
        {
            var row = rows.AsSpan(i * Features, Features);
            forest.Score(row);
            forest.Learn(row);
        }
    }
}
