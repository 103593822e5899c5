using FsCheck;
using FsCheck.Fluent;
using LeptonStream.Detectors.Forest;

namespace LeptonStream.Core.Tests.Detectors.Forest;

/// <summary>Trees in little memory must be the very trees, and score with the very bits, of those that lie as nodes.</summary>
public sealed class CompactTreesTests
{
    [Test]
    public void Read_OfAnyTreesThatWerePut_GivesTheirNodesAndPaths() => Prop.ForAll(
        ArbMap.Default.ArbFor<(byte, byte, ushort, int)>(),
        input =>
        {
            var forest = new Forest(input);
            var nodes = new ForestNodes(forest.Trees, forest.NodesOfTree);
            return Enumerable.Range(0, forest.Trees).All(tree =>
            {
                forest.Compact.Read(tree, nodes.Of(tree), nodes.LengthsOf(tree));
                var count = forest.Counts[tree];
                return nodes.Of(tree)[..count].SequenceEqual(forest.StepsOf(tree))
                    && nodes.LengthsOf(tree)[..count].SequenceEqual(forest.Nodes.LengthsOf(tree)[..count])
                    && forest.Compact.RowsOf(tree) == forest.Rows;
            });
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Total_OfAnyRow_IsThatOfAWalkOverNodes() => Prop.ForAll(
        ArbMap.Default.ArbFor<(byte, byte, ushort, int)>(),
        input =>
        {
            var forest = new Forest(input);
            var rows = Tables.Codes(Tables.Rough(input.Item4 + 1, 50, forest.Features));
            return rows.Chunk(forest.Features).All(row => forest.Compact.Total(row) == RowScorer.Total(forest.Nodes.All,
                forest.Nodes.Lengths, forest.Nodes.Roots, CompactTrees.MaxCuts, Array.ConvertAll(row, RowCode.ValueOf)));
        }).QuickCheckThrowOnFailure();

    // What a million entities have a million times.
    [TestCase(15, 256, 3_200)]
    [TestCase(31, 1024, 8_576)]
    public void Trees_OfAForest_TakeFewBytes(int cuts, int rows, int most)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var trees = new CompactTrees(64, cuts, rows);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.InRange(most / 2, most + 128));
        GC.KeepAlive(trees);
    }

    // Few trees or many, of few cuts or many, on few rows or so many that a byte does not count them.
    private sealed class Forest
    {
        public Forest((byte Trees, byte Features, ushort Rows, int Seed) input)
        {
            (Trees, Features, Rows) = (1 + (input.Trees % 9), 1 + (input.Features % 64), 2 + (input.Rows % (PathLength.MaxRows - 1)));
            NodesOfTree = 3 + (2 * (input.Trees % CompactTrees.MaxCuts));
            Compact = new(Trees, NodesOfTree / 2, Rows);
            Nodes = new(Trees, NodesOfTree);
            var table = Tables.Codes(Tables.Rough(input.Seed, Rows, Features));
            var (builder, random) = (new TreeBuilder(), new SplitMix64((ulong)input.Seed));
            for (var tree = 0; tree < Trees; tree++)
            {
                Counts.Add(builder.Grow(table, Features, ref random, Nodes.Of(tree), Nodes.LengthsOf(tree)));
                builder.CountRows(Nodes.RowsOf(tree)[..Counts[tree]]);
                Compact.Put(tree, Nodes.Of(tree), Nodes.RowsOf(tree));
            }
        }

        public int Trees { get; }

        public int Features { get; }

        public int Rows { get; }

        public int NodesOfTree { get; }

        public List<int> Counts { get; } = [];

        public CompactTrees Compact { get; }

        // As they were grown: where their cuts lie between two steps, no row tells.
        public ForestNodes Nodes { get; }

        public IsolationNode[] StepsOf(int tree) => Array.ConvertAll(Nodes.Of(tree)[..Counts[tree]].ToArray(), node => node.IsLeaf
            ? node
            : new(RowCode.ValueOf(RowCode.OfCut(node.Cut)), node.ToFirst, node.Feature, node.MissingGoes));
    }
}
