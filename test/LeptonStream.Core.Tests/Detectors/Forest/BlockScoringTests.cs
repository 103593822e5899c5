using FsCheck;
using FsCheck.Fluent;
using LeptonStream.Detectors.Forest;

namespace LeptonStream.Core.Tests.Detectors.Forest;

/// <summary>Blocks of rows must have the very bits of rows that walk the trees one by one.</summary>
public sealed class BlockScoringTests
{
    [Test]
    public void Score_OfAnyRowsInBlocks_EqualsEachRowsOwnWalk() => Prop.ForAll(
        ArbMap.Default.ArbFor<(byte, ushort, int)>(),
        input =>
        {
            var (features, count) = (1 + (input.Item1 % 32), 24 + (input.Item2 % 1300));
            var forest = IsolationForest.Fit(Tables.Rough(input.Item3, 400, features), features,
                new() { Trees = 20, Seed = (ulong)input.Item3 });
            return AgreesOn(forest, Tables.Rough(input.Item3 + 1, count, features));
        }).QuickCheckThrowOnFailure();

    [TestCase(1)]
    [TestCase(8)]
    [TestCase(32)]
    [TestCase(256)]
    public void Score_OfCompleteRowsInBlocks_EqualsEachRowsOwnWalk(int features)
    {
        var forest = IsolationForest.Fit(Tables.Gaussian(1, 2000, features), features, new());
        foreach (var count in (int[])[24, 63, 64, 65, 511, 512, 513, 1025])
            Assert.That(AgreesOn(forest, Tables.Gaussian(count, count, features)));
    }

    [TestCase(1, 1024)]
    [TestCase(1000, 2)]
    [TestCase(7, 3)]
    public void Score_OfForestsOfAnySizeInBlocks_EqualsEachRowsOwnWalk(int trees, int sampleSize)
    {
        var forest = IsolationForest.Fit(Tables.Gaussian(2, 1500, 3), 3, new() { Trees = trees, SampleSize = sampleSize });
        Assert.That(AgreesOn(forest, Tables.Rough(3, 100, 3)));
    }

    [Test]
    public void Score_WhereNothingCanBeCut_EqualsEachRowsOwnWalk()
    {
        var forest = IsolationForest.Fit(new float[4 * 300], 4, new());
        Assert.That(AgreesOn(forest, Tables.Rough(4, 100, 4)));
    }

    [Test]
    public void Score_AfterRowsWithMissingFeatures_IsNotInfluencedByThem()
    {
        var forest = IsolationForest.Fit(Tables.Rough(5, 500, 6), 6, new());
        var rows = Tables.Gaussian(6, 512, 6);
        var scores = new double[512];
        forest.Score(rows, scores);
        var again = new double[512];
        forest.Score(Tables.Rough(7, 512, 6), again);
        forest.Score(rows, again);
        Assert.That(again, Is.EqualTo(scores));
    }

    [Test]
    public void PlaceOf_AnyValue_IsTheNumberOfCutsBelowIt() => Prop.ForAll(
        ArbMap.Default.ArbFor<(ushort, int)>(),
        input =>
        {
            var cuts = Tables.Rough(input.Item2, input.Item1 % 1000, 1).Where(float.IsFinite).Order().ToArray();
            var column = new CutColumn(cuts);
            float[] values = [.. cuts, .. Tables.Rough(input.Item2 + 1, 50, 1), .. cuts.Select(float.BitIncrement),
                .. cuts.Select(float.BitDecrement)];
            return values.All(value => column.PlaceOf(value) == cuts.Count(cut => value > cut));
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Score_AfterTheFirstBatch_AllocatesNothing()
    {
        var rows = Tables.Rough(8, 600, 8);
        var scores = new double[600];
        var forest = IsolationForest.Fit(rows, 8, new());
        forest.Score(rows, scores);
        var before = GC.GetAllocatedBytesForCurrentThread();
        forest.Score(rows, scores);
        forest.Score(rows.AsSpan(0, 8));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private static bool AgreesOn(IsolationForest forest, float[] rows)
    {
        var blocks = new double[rows.Length / forest.Features];
        var each = new double[blocks.Length];
        forest.Score(rows, blocks);
        forest.ScoreEach(rows, each);
        return blocks.AsSpan().SequenceEqual(each);
    }
}
