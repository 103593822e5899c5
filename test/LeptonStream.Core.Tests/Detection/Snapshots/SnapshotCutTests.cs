using System.Text;
using LeptonStream.Alerts;
using LeptonStream.Detection.Snapshots;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection.Snapshots;

/// <summary>
/// A partition that is saved at any point and goes on as a copy makes the same events, and ends in the same state, to the last bit.
/// </summary>
public sealed class SnapshotCutTests
{
    // A copy is compared with the whole after so many acts; a difference in the state that nothing shows by then is still there.
    private const int Afterwards = 40;

    [TestCase(1, 1500, 150)]
    [TestCase(2, 1200, 60)]
    public void Load_AtAnyPoint_GoesOnBitEqual(int seed, int acts, int cuts) => Cut(new(seed, acts), cuts, Afterwards);

    [Test]
    public void Load_AtAnyPoint_EndsBitEqual() => Cut(new(3, 1200), cuts: 4, afterwards: 1200);

    [TestCase(11), TestCase(12), TestCase(13), TestCase(14), TestCase(15), Category("Slow")]
    public void Load_AtTwoThousandPoints_GoesOnBitEqual(int seed) => Cut(new(seed, 2500), 2100, Afterwards);

    [Test]
    public void Load_AgainAndAgain_EndsBitEqual()
    {
        var story = new PartitionStory(4, 1500);
        var (whole, copy) = (story.New(), story.New());
        for (var i = 0; i < story.Count; i++)
        {
            if (i % 25 == 24)
            {
                var bytes = SnapshotBytes.Of(copy);
                copy = story.New(i);
                SnapshotBytes.Load(bytes.Bytes, copy);
            }

            Assert.That(story.Play(copy, i), Is.EqualTo(story.Play(whole, i)), $"act {i}");
        }

        Assert.That(SnapshotBytes.Of(copy).Hash, Is.EqualTo(SnapshotBytes.Of(whole).Hash));
    }

    [Test]
    public void Save_WhatWasJustLoaded_WritesTheSameBytes()
    {
        var story = new PartitionStory(5, 900);
        var whole = story.New();
        for (var i = 0; i < story.Count; i++) story.Play(whole, i);
        var copy = story.New(story.Count);
        var bytes = SnapshotBytes.Of(whole);
        SnapshotBytes.Load(bytes.Bytes, copy);
        Assert.That(SnapshotBytes.Of(copy).Bytes.SequenceEqual(bytes.Bytes), Is.True);
        Assert.That((copy.SeriesCount, copy.Bytes), Is.EqualTo((whole.SeriesCount, whole.Bytes)));
    }

    [TestCase(6, 1500, 12), TestCase(7, 1200, 3), TestCase(8, 1200, 60)]
    public void Save_WhileThePipelineGoesOn_WritesTheSameBytesAsAtOnce(int seed, int acts, int during) =>
        SaveWhileGoingOn(new(seed, acts), during);

    [TestCase(21), TestCase(22), TestCase(23), Category("Slow")]
    public void Save_WhileThePipelineGoesOnForLong_WritesTheSameBytesAsAtOnce(int seed) => SaveWhileGoingOn(new(seed, 2500), 7);

    // A second pipeline takes the same acts and is saved at once where a snapshot of the first begins.
    private static void SaveWhileGoingOn(PartitionStory story, int during)
    {
        var random = new Random(story.Count);
        var (first, second) = (story.New(), story.New());
        var (slow, once) = (new SnapshotBytes(), new SnapshotBytes());
        int begun = 0, left = 0, compared = 0, copied = 0, abandoned = 0;
        SnapshotCut? cut = null;
        for (var i = 0; i < story.Count; i++)
        {
            if (cut is null)
            {
                once.Save(second);
                cut = slow.BeginSave(first);
                (begun, left) = (i, random.Next(1, 2 * during));
            }

            var written = slow.Blocks;
            Assert.That(story.Play(first, i), Is.EqualTo(story.Play(second, i)), $"act {i}");
            Assert.That(slow.Blocks, Is.EqualTo(written), $"act {i} waits for no snapshot");
            if (cut.IsAbandoned)
            {
                abandoned++;
                cut = null;
                continue;
            }

            if (left-- > 0)
            {
                cut.Advance(random.Next(4));
                continue;
            }

            copied += cut.Copies;
            cut.Finish();
            if (!slow.Bytes.SequenceEqual(once.Bytes))
                Assert.Fail($"begun at {begun}, done at {i}: {FirstDifference(once.Bytes, slow.Bytes)}");
            cut = null;
            compared++;
        }

        TestContext.Out.WriteLine($"{compared} snapshots, {copied} copies waited at their ends, {abandoned} given up for other policies");
        Assert.That((compared, copied), Is.GreaterThan((10, 50)));
        Assert.That(abandoned, Is.GreaterThan(0));
    }

    [Test]
    public void Save_GivenUp_LeavesThePipelineAsItIs()
    {
        var story = new PartitionStory(9, 600);
        var (whole, other) = (story.New(), story.New());
        var bytes = new SnapshotBytes();
        for (var i = 0; i < story.Count; i++)
        {
            if (i % 20 == 0) bytes.BeginSave(other).Advance(5);
            Assert.That(story.Play(other, i), Is.EqualTo(story.Play(whole, i)), $"act {i}");
        }

        Assert.That(SnapshotBytes.Of(other).Hash, Is.EqualTo(SnapshotBytes.Of(whole).Hash));
    }

    private static void Cut(PartitionStory story, int cuts, int afterwards)
    {
        var random = new Random(story.Count);
        int[] points = [.. Enumerable.Range(0, cuts).Select(_ => random.Next(story.Count)).Order()];
        var events = new string[story.Count];
        var hashes = new UInt128[story.Count + 1];
        var saved = new Dictionary<int, byte[]>();
        var ends = points.Select(point => Math.Min(point + afterwards, story.Count)).ToHashSet();
        var whole = story.New();
        var snapshot = new SnapshotBytes();
        for (var i = 0; i <= story.Count; i++)
        {
            var isPoint = Array.BinarySearch(points, i) >= 0;
            if (isPoint || ends.Contains(i))
            {
                snapshot.Save(whole);
                hashes[i] = snapshot.Hash;
                if (isPoint) saved[i] = snapshot.Bytes.ToArray();
            }

            if (i < story.Count) events[i] = story.Play(whole, i);
            foreach (var done in saved.Keys.Where(point => Math.Min(point + afterwards, story.Count) == i).ToList())
            {
                var copy = story.New(done);
                SnapshotBytes.Load(saved[done], copy);
                saved.Remove(done);
                for (var j = done; j < i; j++)
                    if (story.Play(copy, j) is var told && told != events[j])
                        Assert.That(told, Is.EqualTo(events[j]), $"cut {done}, act {j}");
                snapshot.Save(copy);
                if (snapshot.Hash != hashes[i]) Assert.Fail($"cut {done}: another state at {i}: {FirstDifference(story, snapshot, i)}");
            }
        }

        var neverCut = story.New();
        for (var i = 0; i < story.Count; i++) Assert.That(story.Play(neverCut, i), Is.EqualTo(events[i]), $"saving has changed act {i}");
        TestContext.Out.WriteLine($"{events.Sum(told => told.Count(sign => sign == '\n'))} events; {string.Join(' ', Kinds(events))}");
        Assert.That(string.Concat(events), Is.Not.Empty);
    }

    // Metric, type and reason of each event, counted: what the story let happen.
    private static IEnumerable<string> Kinds(IEnumerable<string> events) => events
        .SelectMany(told => told.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        .Select(json => AlertEventJson.TryRead(Encoding.UTF8.GetBytes(json), out var alert, out _)
            ? $"{alert!.Metric}/{alert.Type}/{alert.EndedReason}"
            : json)
        .CountBy(kind => kind).OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => $"{kind.Key}={kind.Value}");

    private static string FirstDifference(PartitionStory story, SnapshotBytes copy, int at)
    {
        var whole = story.New();
        for (var i = 0; i < at; i++) story.Play(whole, i);
        return FirstDifference(SnapshotBytes.Of(whole).Bytes, copy.Bytes);
    }

    private static string FirstDifference(ReadOnlySpan<byte> mine, ReadOnlySpan<byte> its)
    {
        while (!mine.IsEmpty && !its.IsEmpty)
        {
            var a = SnapshotBlock.ReadFrom(ref mine);
            var b = SnapshotBlock.ReadFrom(ref its);
            if (a.Hash != b.Hash)
                return $"{a.Kind} {a.Id:x} against {b.Kind} {b.Id:x}, byte {a.Bytes.CommonPrefixLength(b.Bytes)} of {a.Bytes.Length} and "
                    + $"{b.Bytes.Length}";
        }

        return "one is longer";
    }
}
