namespace LeptonStream.Statistics;

/// <summary>Student's t distribution for whole degrees of freedom.</summary>
internal static class StudentT
{
    // Halvings of an interval: beyond the digits of a double.
    private const int Halvings = 200;

    /// <summary>
    /// The value that a t-distributed number exceeds in size with a probability: the factor of a two-sided interval. From the finite sums
    /// of Abramowitz and Stegun 1964, 26.7.3 and 26.7.4.
    /// </summary>
    /// <param name="probability">The probability, between 0 and 1.</param>
    /// <param name="freedom">Degrees of freedom, from 1.</param>
    public static double TwoSided(double probability, int freedom)
    {
        var (low, high) = (0.0, 1.0);
        while (Inside(high, freedom) < 1 - probability && high < 1e9) (low, high) = (high, 2 * high);
        for (var i = 0; i < Halvings && low < high; i++)
        {
            var middle = low + ((high - low) / 2);
            if (middle == low || middle == high) break;
            if (Inside(middle, freedom) < 1 - probability) low = middle;
            else high = middle;
        }

        return high;
    }

    /// <summary>The probability of a t-distributed number between −t and t.</summary>
    private static double Inside(double t, int freedom)
    {
        var angle = Math.Atan(t / Math.Sqrt(freedom));
        var (sine, cosine) = Math.SinCos(angle);
        var square = cosine * cosine;
        var isOdd = freedom % 2 == 1;
        var term = isOdd ? cosine : 1;
        var sum = freedom == 1 ? 0 : term;
        for (var k = isOdd ? 3 : 2; k <= freedom - 2; k += 2)
        {
            term *= square * (k - 1) / k;
            sum += term;
        }

        return isOdd ? (angle + (sine * sum)) * 2 / Math.PI : sine * sum;
    }
}
