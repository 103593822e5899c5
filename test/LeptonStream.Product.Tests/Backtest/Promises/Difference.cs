using LeptonStream.Backtest;

namespace LeptonStream.Product.Tests.Backtest.Promises;

/// <summary>How far two runs over the same series are apart, in the rows that both have.</summary>
/// <param name="Rows">How many rows were compared.</param>
/// <param name="Scores">How many scores differ in any bit.</param>
/// <param name="Alarms">How many rows are in alarm in one of the two only.</param>
/// <param name="First">The first row that differs; -1 where none does.</param>
/// <param name="Most">The greatest difference of two scores.</param>
internal readonly record struct Difference(int Rows, int Scores, int Alarms, int First, double Most)
{
    public static Difference Between(BacktestFile one, BacktestFile other) =>
        Between(one.Series.Scores, one.Series.Alarms, other.Series.Scores, other.Series.Alarms);

    public static Difference Between(
        ReadOnlySpan<double> scores, ReadOnlySpan<bool> alarms, ReadOnlySpan<double> otherScores, ReadOnlySpan<bool> otherAlarms)
    {
        var difference = new Difference(Math.Min(scores.Length, otherScores.Length), 0, 0, -1, 0);
        for (var row = difference.Rows - 1; row >= 0; row--)
        {
            var sameScore = BitConverter.DoubleToInt64Bits(scores[row]) == BitConverter.DoubleToInt64Bits(otherScores[row]);
            if (sameScore && alarms[row] == otherAlarms[row]) continue;
            difference = difference with
            {
                Scores = difference.Scores + (sameScore ? 0 : 1),
                Alarms = difference.Alarms + (alarms[row] == otherAlarms[row] ? 0 : 1),
                First = row,
                Most = Math.Max(difference.Most, Math.Abs(scores[row] - otherScores[row])),
            };
        }

        return difference;
    }

    public void IsNone(string what)
    {
        Assert.That(Rows, Is.Positive, $"{what}: nothing was compared");
        Assert.That((Scores, Alarms, Most), Is.EqualTo((0, 0, 0.0)), $"{what}: scores and alarms that differ, from row {First} on");
    }

    public void IsWithin(double tolerance, string what)
    {
        Assert.That(Rows, Is.Positive, $"{what}: nothing was compared");
        if (Scores > 0) TestContext.Out.WriteLine($"{what}: {Scores} of {Rows} scores differ, by {Most:G3} at most, from row {First} on");
        Assert.That(Alarms, Is.Zero, $"{what}: rows in alarm in one of the two only, from row {First} on");
        Assert.That(Most, Is.LessThanOrEqualTo(tolerance), $"{what}: the greatest difference of two scores, from row {First} on");
    }
}
