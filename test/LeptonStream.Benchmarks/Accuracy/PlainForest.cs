namespace LeptonStream.Benchmarks.Accuracy;

/// <summary>
/// The isolation forest as published (F. T. Liu, K. M. Ting, Z.-H. Zhou, ICDM 2008) on raw values: 100 trees of 256 rows, grown anew every
/// 500 rows on the last 2,000. Score = 2^(−mean path ÷ expected path).
/// </summary>
internal static class PlainForest
{
    private const int Trees = 100;
    private const int SampleSize = 256;
    private const int Refit = 500;
    private const int Memory = 2000;

    public static double[] Score(double[][] rows, int rowsADay)
    {
        var scores = new double[rows.Length];
        Node[] forest = [];
        for (var row = 0; row < rows.Length; row++)
        {
            if (row > 0 && row % Refit == 0) forest = Grow(rows.AsSpan(Math.Max(0, row - Memory)..row), new Random(row));
            if (forest.Length == 0) continue;
            double path = 0;
            foreach (var tree in forest) path += tree.PathOf(rows[row]);
            scores[row] = Math.Pow(2, -path / Trees / ExpectedPath(SampleSize));
        }

        return scores;
    }

    private static Node[] Grow(ReadOnlySpan<double[]> past, Random random)
    {
        var forest = new Node[Trees];
        var pool = past.ToArray();
        var sample = Math.Min(SampleSize, pool.Length);
        for (var tree = 0; tree < Trees; tree++)
        {
            random.Shuffle(pool);
            forest[tree] = Node.Grow(pool.AsSpan(0, sample), (int)Math.Ceiling(Math.Log2(sample)), random);
        }

        return forest;
    }

    // The mean length of an unsuccessful search in a binary tree of so many rows.
    private static double ExpectedPath(int rows) => rows switch
    {
        <= 1 => 0,
        2 => 1,
        _ => (2 * (Math.Log(rows - 1) + 0.5772156649)) - (2.0 * (rows - 1) / rows),
    };

    private sealed class Node
    {
        private int _metric;
        private double _cut;
        private double _rest;
        private Node? _below;
        private Node? _above;

        public static Node Grow(Span<double[]> rows, int depth, Random random)
        {
            var node = new Node { _rest = ExpectedPath(rows.Length) };
            if (depth == 0 || rows.Length <= 1 || !node.Cut(rows, random)) return node;
            var split = Partition(rows, node._metric, node._cut);
            node._below = Grow(rows[..split], depth - 1, random);
            node._above = Grow(rows[split..], depth - 1, random);
            return node;
        }

        public double PathOf(double[] row)
        {
            var (node, depth) = (this, 0);
            for (; node._below is not null; depth++) node = row[node._metric] < node._cut ? node._below : node._above!;
            return depth + node._rest;
        }

        // Among the metrics that tell these rows apart.
        private bool Cut(ReadOnlySpan<double[]> rows, Random random)
        {
            var metrics = rows[0].Length;
            Span<int> order = stackalloc int[metrics];
            for (var i = 0; i < metrics; i++) order[i] = i;
            random.Shuffle(order);
            foreach (var metric in order)
            {
                double low = rows[0][metric], high = low;
                foreach (var row in rows) (low, high) = (Math.Min(low, row[metric]), Math.Max(high, row[metric]));
                if (low >= high) continue;
                (_metric, _cut) = (metric, low + ((high - low) * random.NextDouble()));
                return true;
            }

            return false;
        }

        private static int Partition(Span<double[]> rows, int metric, double cut)
        {
            var split = 0;
            for (var i = 0; i < rows.Length; i++)
            {
                if (rows[i][metric] >= cut) continue;
                (rows[i], rows[split]) = (rows[split], rows[i]);
                split++;
            }

            return split;
        }
    }
}
