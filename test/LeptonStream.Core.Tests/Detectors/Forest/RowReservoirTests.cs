using LeptonStream.Detectors.Forest;

namespace LeptonStream.Core.Tests.Detectors.Forest;

public sealed class RowReservoirTests
{
    // The number of a row, as two features.
    private const int Digit = 100;

    [Test]
    public void Offer_UntilTheMemoryIsFull_KeepsAUniformSampleOfAllRows()
    {
        var ages = Ages(offered: 1000, capacity: 100, memory: 1000);
        Assert.That(ages.Average(), Is.EqualTo(500).Within(20));
        Assert.That(ages.Count(a => a >= 500) / (double)ages.Length, Is.EqualTo(0.5).Within(0.03));
    }

    [Test]
    public void Offer_ForLong_KeepsRowsForTheMemoryOnAverage()
    {
        var ages = Ages(offered: 10_000, capacity: 100, memory: 1000);
        Assert.That(ages.Average(), Is.EqualTo(1000).Within(50));
        Assert.That(ages.Count(a => a >= 1000) / (double)ages.Length, Is.EqualTo(Math.Exp(-1)).Within(0.03));
    }

    [Test]
    public void Offer_OfAWiderRow_KeepsTheOldOnesAndMakesRoomForTheNew()
    {
        var reservoir = new RowReservoir(capacity: 100, memory: 100_000);
        var random = new SplitMix64(1);
        for (var i = 0; i < 50_000; i++) reservoir.Offer([RowCode.ValueOf((sbyte)(i % 100))], ref random);
        var before = reservoir.Codes.ToArray();
        float[] wide = [-1, -2, -3];
        reservoir.Offer(wide, ref random);
        Assert.That(reservoir.Features, Is.EqualTo(3));
        var rows = reservoir.Codes.ToArray().Chunk(3).ToArray();
        Assert.That(rows.Index().Count(r => r.Item.SequenceEqual([before[r.Index], RowCode.Missing, RowCode.Missing])),
            Is.GreaterThanOrEqualTo(99));
        for (var i = 0; i < 100; i++) reservoir.Offer(wide, ref random);
        Assert.That(reservoir.Codes.ToArray().Chunk(3).Count(r => r[2] == RowCode.Of(-3)), Is.EqualTo(50).Within(15));
    }

    [Test]
    public void Offer_OfAShorterRow_LacksTheRest()
    {
        var reservoir = new RowReservoir(capacity: 2, memory: 2);
        var random = new SplitMix64(1);
        reservoir.Offer([1, 2, 3], ref random);
        reservoir.Offer([4], ref random);
        Assert.That(reservoir.Codes.ToArray(), Is.EqualTo(Tables.Codes([1, 2, 3, 4, float.NaN, float.NaN])));
        Assert.That(reservoir.Count, Is.EqualTo(2));
    }

    // Of the remembered rows, over forty reservoirs.
    private static double[] Ages(int offered, int capacity, int memory)
    {
        var ages = new List<double>();
        for (var seed = 1UL; seed <= 40; seed++)
        {
            var random = new SplitMix64(seed);
            var reservoir = new RowReservoir(capacity, memory);
            for (var i = 0; i < offered; i++)
                reservoir.Offer([RowCode.ValueOf((sbyte)(i / Digit)), RowCode.ValueOf((sbyte)(i % Digit))], ref random);
            foreach (var row in reservoir.Codes.ToArray().Chunk(2)) ages.Add(offered - 1 - ((Digit * row[0]) + row[1]));
        }

        return [.. ages];
    }
}
