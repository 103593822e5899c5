using MathNet.Numerics.LinearAlgebra;

namespace LeptonStream.Benchmarks.Accuracy;

/// <summary>
/// Distance from the subspace of the past: metrics in units of their standard deviation so far, the components that hold 90 % of the
/// variance of all rows so far (anew every 500 rows), score = the squared length of what they leave.
/// </summary>
internal static class PrincipalComponents
{
    private const double Kept = 0.9;
    private const int Refit = 500;

    public static double[] Score(double[][] rows, int rowsADay)
    {
        var metrics = rows[0].Length;
        var scores = new double[rows.Length];
        var sums = new double[metrics];
        var products = new double[metrics, metrics];
        Subspace? past = null;
        for (var row = 0; row < rows.Length; row++)
        {
            if (row > 0 && row % Refit == 0) past = Subspace.Of(row, rows[0], sums, products);
            if (past is not null) scores[row] = past.DistanceOf(rows[row]);
            // From the first row on, for the values may be far from 0 and close to each other.
            for (var i = 0; i < metrics; i++)
            {
                var value = rows[row][i] - rows[0][i];
                sums[i] += value;
                for (var j = 0; j <= i; j++) products[i, j] += value * (rows[row][j] - rows[0][j]);
            }
        }

        return scores;
    }

    private sealed record Subspace(double[] Means, double[] Deviations, double[][] Components)
    {
        public static Subspace Of(int rows, double[] origin, double[] sums, double[,] products)
        {
            var metrics = sums.Length;
            double[] deviations = [.. Enumerable.Range(0, metrics).Select(i => Math.Sqrt(Math.Max(0, Covariance(i, i))))];
            var correlations = Matrix<double>.Build.Dense(metrics, metrics, (i, j) =>
                deviations[i] > 0 && deviations[j] > 0 ? Covariance(Math.Max(i, j), Math.Min(i, j)) / deviations[i] / deviations[j] : 0);
            var parts = correlations.Evd(Symmetricity.Symmetric);
            double[] variances = [.. parts.EigenValues.Select(v => v.Real)];
            var components = new List<double[]>();
            double held = 0;
            for (var i = metrics - 1; i >= 0 && held < Kept * variances.Sum(); i--)
            {
                components.Add(parts.EigenVectors.Column(i).ToArray());
                held += variances[i];
            }

            return new([.. sums.Select((sum, i) => origin[i] + (sum / rows))], deviations, [.. components]);

            double Covariance(int i, int j) => (products[i, j] / rows) - (sums[i] / rows * (sums[j] / rows));
        }

        public double DistanceOf(double[] row)
        {
            double[] units = [.. row.Select((value, i) => Deviations[i] > 0 ? (value - Means[i]) / Deviations[i] : 0)];
            var distance = units.Sum(u => u * u);
            foreach (var component in Components)
            {
                var along = 0.0;
                for (var i = 0; i < units.Length; i++) along += component[i] * units[i];
                distance -= along * along;
            }

            return Math.Max(0, distance);
        }
    }
}
