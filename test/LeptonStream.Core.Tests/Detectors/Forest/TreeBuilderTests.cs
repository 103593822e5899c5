using FsCheck;
using FsCheck.Fluent;
using LeptonStream.Detectors.Forest;

namespace LeptonStream.Core.Tests.Detectors.Forest;

public sealed class TreeBuilderTests
{
    [Test]
    public void Grow_OnAnyRows_KnowsHowManyOfThemComeToEachNode() => Prop.ForAll(
        ArbMap.Default.ArbFor<(byte, byte, int)>(),
        input =>
        {
            var (rows, features) = (1 + input.Item1, 1 + (input.Item2 % 40));
            var table = Tables.Rough(input.Item3, rows, features);
            var (nodes, lengths) = Grow(table, features, (ulong)input.Item3, mostNodes: 2 * rows);
            var came = new int[nodes.Length];
            var depths = new int[nodes.Length];
            for (var row = 0; row < rows; row++)
                foreach (var (node, depth) in Path(nodes, table.AsSpan(row * features, features).ToArray()))
                    (came[node], depths[node]) = (came[node] + 1, depth);
            return Enumerable.Range(0, nodes.Length).All(i => came[i] > 0 && lengths[i] == PathLength.Of(depths[i], came[i]))
                && depths.Max() <= PathLength.HeightLimit(rows);
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Grow_UntilRowsAreAlone_LeavesNoneTogetherButEqualOnesAndThoseAtTheLimit()
    {
        var table = Tables.Gaussian(seed: 3, rows: 200, features: 3);
        table.AsSpan(0, 3).CopyTo(table.AsSpan(3));
        var (nodes, lengths) = Grow(table, 3, seed: 4, mostNodes: 1000);
        for (var row = 0; row < 200; row++)
        {
            var (leaf, depth) = Path(nodes, table.AsSpan(row * 3, 3).ToArray()).Last();
            var alone = lengths[leaf] == PathLength.Of(depth, 1);
            Assert.That(alone, row < 2 ? Is.False : Is.True.Or.EqualTo(depth < PathLength.HeightLimit(200)));
        }
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(30)]
    [TestCase(31)]
    public void Grow_WithLittleRoom_SpendsItLevelByLevel(int room)
    {
        var (nodes, _) = Grow(Tables.Gaussian(seed: 5, rows: 256, features: 4), 4, seed: 6, room);
        Assert.That(nodes, Has.Length.EqualTo(((room - 1) / 2 * 2) + 1));
        var (whole, _) = Grow(Tables.Gaussian(seed: 5, rows: 256, features: 4), 4, seed: 6, mostNodes: 1000);
        Assert.That(nodes.Where(n => !n.IsLeaf), Is.EqualTo(whole.Where(n => !n.IsLeaf).Take((room - 1) / 2)));
    }

    [Test]
    public void Grow_WithAFeatureMostRowsLack_NeverCutsIt()
    {
        var table = Tables.Gaussian(seed: 7, rows: 256, features: 4);
        for (var row = 0; row < 256; row++)
            if (row % 5 != 0) table[(row * 4) + 2] = float.NaN;
        var root = Enumerable.Range(0, 50).Select(seed => Grow(table, 4, (ulong)seed, mostNodes: 3).Nodes[0].Feature).ToArray();
        Assert.That(root, Is.SupersetOf(new byte[] { 0, 1, 3 }).And.None.EqualTo(2));
    }

    [Test]
    public void Grow_AfterAnotherForest_IsNotInfluencedByIt()
    {
        var builder = new TreeBuilder();
        var nodes = new IsolationNode[511];
        var random = new SplitMix64(1);
        var rough = Tables.Rough(8, 256, 30);
        builder.Grow(rough, Tables.Offsets(rough, 30), 30, ref random, nodes, new ushort[511]);
        random = new(9);
        var gaussian = Tables.Gaussian(10, 256, 7);
        var count = builder.Grow(gaussian, Tables.Offsets(gaussian, 7), 7, ref random, nodes, new ushort[511]);
        Assert.That(nodes[..count], Is.EqualTo(Grow(gaussian, 7, seed: 9, mostNodes: 511).Nodes));
    }

    private static (IsolationNode[] Nodes, ushort[] Lengths) Grow(float[] table, int features, ulong seed, int mostNodes)
    {
        var random = new SplitMix64(seed);
        var nodes = new IsolationNode[mostNodes];
        var lengths = new ushort[mostNodes];
        var count = new TreeBuilder().Grow(table, Tables.Offsets(table, features), features, ref random, nodes, lengths);
        return (nodes[..count], lengths[..count]);
    }

    private static IEnumerable<(int Node, int Depth)> Path(IsolationNode[] nodes, float[] row)
    {
        for (int at = 0, depth = 0; ; depth++)
        {
            yield return (at, depth);
            if (nodes[at].IsLeaf) yield break;
            at += (int)nodes[at].ToNext(row[nodes[at].Feature]);
        }
    }
}
