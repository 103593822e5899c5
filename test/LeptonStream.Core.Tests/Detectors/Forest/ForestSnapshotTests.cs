using LeptonStream.Detectors.Forest;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detectors.Forest;

public sealed class ForestSnapshotTests
{
    private static readonly StreamingForestOptions Small = new() { Trees = 12, Cuts = 7, Rows = 32, Memory = 100, Seed = 3 };

    [Test]
    public void Restore_AtAnyCut_GoesOnBitEqual()
    {
        float[][] rows = [.. Stream(400)];
        foreach (var cut in (int[])[0, 1, 7, 8, 12, 19, 20, 21, 33, 149, 150, 151, 333])
        {
            var whole = new StreamingForest(Small, new());
            foreach (var row in rows[..cut]) whole.Learn(row);
            var copy = Restored(Snapshot(whole), Small);
            foreach (var row in rows[cut..])
            {
                Assert.That(copy.Score(row), Is.EqualTo(whole.Score(row)));
                Assert.That(Shares(copy, row), Is.EqualTo(Shares(whole, row)));
                whole.Learn(row);
                copy.Learn(row);
            }

            Assert.That(Snapshot(copy), Is.EqualTo(Snapshot(whole)));
        }
    }

    [Test]
    public void Restore_OverAForestThatWasUsed_IsBitEqualToo()
    {
        var bytes = Snapshot(Learned(100));
        var used = Learned(250);
        var reader = new StateReader(bytes);
        used.Load(ref reader);
        var row = new float[] { 1, 2, 3, 4 };
        Assert.That(Snapshot(used), Is.EqualTo(bytes));
        Assert.That(used.Score(row), Is.EqualTo(Learned(100).Score(row)));
    }

    [Test]
    public void Restore_OfASnapshotThatEndsEarly_IsRefused()
    {
        var bytes = Snapshot(Learned(200));
        for (var length = 0; length < bytes.Length; length += 1 + (length / 50))
            Assert.That(() => Restored(bytes[..length], Small), Throws.InstanceOf<SnapshotCorruptException>(), $"{length} bytes");
    }

    [Test]
    public void Restore_OfASnapshotOfALargerForest_KeepsWhatFitsAndGoesOn([Values(5, 20, 24, 200)] int learned)
    {
        var smaller = Small with { Trees = 5, Rows = 16 };
        var forest = Restored(Snapshot(Learned(learned)), smaller);
        Assert.That(forest.IsReady, Is.EqualTo(Learned(learned).IsReady || learned == 20));
        foreach (var row in Stream(300))
        {
            Assert.That(forest.Score(row), Is.InRange(0, 1));
            forest.Learn(row);
        }

        Assert.That(forest.Score([40, -40, 40, -40]), Is.GreaterThan(forest.Score([0, 0, 0, 0])));
        Assert.That(Snapshot(Restored(Snapshot(forest), smaller)), Is.EqualTo(Snapshot(forest)));
    }

    [Test]
    public void Restore_OfFlippedBits_IsRefusedOrScoresWithoutHarm()
    {
        var bytes = Snapshot(Learned(200));
        var random = new Random(5);
        var refused = 0;
        for (var i = 0; i < 4000; i++)
        {
            var broken = (byte[])bytes.Clone();
            broken[i < 200 ? i : random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                var forest = Restored(broken, Small);
                foreach (var row in Stream(30))
                {
                    Assert.That(forest.Score(row), Is.InRange(0, 1));
                    Shares(forest, row);
                    forest.Learn(row);
                }
            }
            catch (SnapshotCorruptException)
            {
                refused++;
            }
        }

        Assert.That(refused, Is.GreaterThan(100));
    }

    private static StreamingForest Learned(int count)
    {
        var forest = new StreamingForest(Small, new());
        foreach (var row in Stream(count)) forest.Learn(row);
        return forest;
    }

    // A metric that is missing now and then, and one that appears at row 150.
    private static IEnumerable<float[]> Stream(int count) =>
        Tables.Rough(6, count, 4).Chunk(4).Select((row, i) => i < 150 ? row[..3] : row);

    private static double[] Shares(StreamingForest forest, float[] row)
    {
        var shares = new double[row.Length];
        forest.Explain(row, shares);
        return shares;
    }

    private static byte[] Snapshot(StreamingForest forest)
    {
        var state = new StateWriter();
        forest.Save(state);
        return state.Written.ToArray();
    }

    private static StreamingForest Restored(byte[] bytes, StreamingForestOptions options)
    {
        var forest = new StreamingForest(options, new());
        var reader = new StateReader(bytes);
        forest.Load(ref reader);
        return forest;
    }
}
