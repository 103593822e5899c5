using System.Buffers;
using System.Globalization;
using System.Reflection;
using System.Text;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Snapshots;
using LeptonStream.Detection.Store;
using LeptonStream.Core.Tests.Detectors;
using LeptonStream.Detectors;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection.Snapshots.Layouts;

/// <summary>A partition goes on from the snapshot of a program whose layout was another.</summary>
public sealed class OlderSnapshotTests
{
    private const int Learned = 400;
    private const int Further = 300;
    private const int Gpus = 4;

    private static readonly byte[] Calm = Snapshot();

    [Test]
    public void Load_FieldsInAnotherOrderAndSomeThatAreNoMore_GoesOnBitEqual([Range(1, 4)] int seed)
    {
        var story = new PartitionStory(seed, 900);
        var whole = story.New();
        for (var i = 0; i < 600; i++) story.Play(whole, i);
        var older = new OlderSnapshot(OlderLayout.WithMore(new(seed)));
        var copy = story.New(600);
        Load(older, older.Of(SnapshotBytes.Of(whole).Bytes), copy);
        // A migrated state is judged as if policies were adopted.
        whole.Adopt(RegistryOf(copy).Policies);
        for (var i = 600; i < story.Count; i++) Assert.That(story.Play(copy, i), Is.EqualTo(story.Play(whole, i)), $"act {i}");
        AssertSame(copy, whole);
    }

    [Test]
    public void Load_TheSlowStepOfAProgramThatGaveEverySeriesOne_GoesOnBitEqual()
    {
        var story = new PartitionStory(5, 900);
        var whole = story.New();
        for (var i = 0; i < 600; i++) story.Play(whole, i);
        var older = new OlderSnapshot(OlderLayout.WithTheSlowStepInEverySeries());
        Assert.That(older.Layout.Changes, Is.EqualTo("new: nothing; gone: nothing"));
        var copy = story.New(600);
        Load(older, older.Of(SnapshotBytes.Of(whole).Bytes), copy);
        whole.Adopt(RegistryOf(copy).Policies);
        for (var i = 600; i < story.Count; i++) Assert.That(story.Play(copy, i), Is.EqualTo(story.Play(whole, i)), $"act {i}");
        AssertSame(copy, whole);
    }

    [Test]
    public void Load_FieldsThatWereNotThereYet_KeepsAllOthersAndGoesOn([Range(1, 4)] int seed)
    {
        var story = new PartitionStory(seed, 900);
        var whole = story.New();
        for (var i = 0; i < 600; i++) story.Play(whole, i);
        // Counts and places hold each other up: a program that is to add one says with which it begins.
        var layout = OlderLayout.WithLess(new(seed), field => field.Type is "Double" or "Single");
        var older = new OlderSnapshot(layout);
        TestContext.Out.WriteLine(older.Layout.Changes);
        var copy = story.New(600);
        Load(older, older.Of(SnapshotBytes.Of(whole).Bytes), copy, () => AssertMoved(whole, copy, layout));
        for (var i = 600; i < story.Count; i++) story.Play(copy, i);
        Assert.That(copy.SeriesCount, Is.GreaterThan(10));
    }

    [TestCaseSource(typeof(DetectorCatalog), nameof(DetectorCatalog.Default))]
    public void Load_ADetectorThatWasNotThereYet_BeginsUntrainedAndDoesNotAlarm(string detector)
    {
        var layout = OlderLayout.Without(detector);
        var older = new OlderSnapshot(layout);
        Assert.That(older.Layout.Changes, Does.Contain($"new: {detector}"));
        var copy = New();
        Load(older, older.Of(Calm), copy);
        var series = SeriesOf(copy).Values.ToList();
        Assert.That(series, Is.Not.Empty);
        Assert.That(series.Select(one => one.Policy.Detectors.Names.Contains(detector)), Is.All.True);
        Assert.That(Play(copy, Learned, Further), Is.Empty, "a calm fleet");
    }

    [Test]
    public void Load_ADetectorThatIsNoMore_LeavesItOut()
    {
        var older = new OlderSnapshot(OlderLayout.WithMore(new(3)));
        Assert.That(older.Layout.Changes, Does.Contain("gone: ").And.Contain(OlderLayout.FormerDetector));
        var copy = New();
        Load(older, older.Of(Calm), copy);
        AssertSame(copy, Restored());
        Assert.That(Play(copy, Learned, Further), Is.Empty);
    }

    // Version 7: no clock of versions at the end of the head, no count of them in the end, whose number was theirs.
    [Test]
    public void Load_ASnapshotFromBeforeVersions_GoesOn() => AssertGoesOn(StateLayout.VersionsSince - 1, SnapshotBlockKind.Versions, 1);

    // Version 8: series without faults, a head without the watch of the clock.
    [Test]
    public void Load_ASnapshotFromBeforeFaults_GoesOn() => AssertGoesOn(StateLayout.FaultsSince - 1, SnapshotBlockKind.End, 0);

    // Version 6: policies that name neither a denominator nor a budget of the model's warnings, a head without those of models.
    [Test]
    public void Load_ASnapshotFromBeforeDenominatorsAndWarningsOfModels_GoesOn() =>
        AssertGoesOn(StateLayout.WarningsSince - 1, SnapshotBlockKind.Versions, 1);

    // Version 5: policies whose type nobody says whence it is, series without bursts.
    [Test]
    public void Load_ASnapshotFromBeforeBursts_GoesOn() => AssertGoesOn(StateLayout.HabitsSince - 1, SnapshotBlockKind.Versions, 1);

    // Version 4: policies without a line, no clock of distributions either.
    [Test]
    public void Load_ASnapshotFromBeforeDistributions_GoesOn() => AssertGoesOn(StateLayout.DriftSince - 1, SnapshotBlockKind.Drift, 2);

    // Each kind of block that is not there yet has its clock at the end of the head and its count in the end, whose number the first had.
    private static void AssertGoesOn(int version, SnapshotBlockKind end, int kinds)
    {
        var layout = OlderLayout.Present with { Version = version };
        if (version < StateLayout.FaultsSince) layout = OlderLayout.WithoutStruct(layout, "fault");
        var older = new OlderSnapshot(layout);
        ReadOnlySpan<byte> now = older.Of(Calm);
        var then = new ArrayBufferWriter<byte>();
        while (!now.IsEmpty)
        {
            var block = SnapshotBlock.ReadFrom(ref now);
            (block.Kind switch
            {
                SnapshotBlockKind.Head => new SnapshotBlock(block.Kind, block.Id, block.Bytes[..^(kinds * sizeof(long))]),
                SnapshotBlockKind.End => new SnapshotBlock(end, block.Id, block.Bytes[..^(kinds * sizeof(int))]),
                _ => block,
            }).WriteTo(then);
        }

        var copy = New();
        Load(older, then.WrittenSpan, copy);
        // How far apart records come, and how their clock goes, it has to learn again.
        AssertSame(copy, Restored(), leftOut: OlderSnapshot.NewAtTheEndOfTheHead(version));
        Assert.That(Play(copy, Learned, Further), Is.Empty);
    }

    // A state that is new is not in older snapshots. One that is there without a description is refused, never read as another.
    [TestCaseSource(typeof(StateLayout), nameof(StateLayout.Structs))]
    public void Load_AStructThatWasNotThereYet_GoesOnWhereNoneWasWritten((string Name, Type Type) added)
    {
        var older = new OlderSnapshot(OlderLayout.WithoutStruct(OlderLayout.Present, added.Name));
        var copy = New();
        // Those that a calm fleet without siblings has none of.
        if (added.Name is "fault" or "baseline" or "peer" or "peers" or "peers-score")
        {
            Load(older, older.WithHead(Calm), copy);
            AssertSame(copy, Restored());
        }
        else
        {
            Assert.That(() => Load(older, older.WithHead(Calm), copy), Throws.TypeOf<SnapshotCorruptException>());
        }
    }

    [Test]
    public void Load_BytesOfAnotherLayoutThatChanged_IsRefusedOrTaken()
    {
        var random = new Random(9);
        var older = new OlderSnapshot(OlderLayout.WithMore(random));
        var sound = older.Of(Calm);
        for (var i = 0; i < 100; i++)
        {
            var bytes = sound.ToArray();
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            Assert.That(() => Load(older, bytes, New()), Throws.TypeOf<SnapshotCorruptException>());
        }
    }

    // All their fields are, whatever lies between them.
    private static void AssertSame(PartitionPipeline one, PartitionPipeline other, int leftOut = 0)
    {
        var layout = OlderLayout.WithMore(new(1));
        ReadOnlySpan<byte> mine = new OlderSnapshot(layout).Of(SnapshotBytes.Of(one).Bytes);
        ReadOnlySpan<byte> its = new OlderSnapshot(layout).Of(SnapshotBytes.Of(other).Bytes);
        while (!mine.IsEmpty && !its.IsEmpty)
        {
            var here = SnapshotBlock.ReadFrom(ref mine);
            var there = SnapshotBlock.ReadFrom(ref its);
            var end = here.Kind == SnapshotBlockKind.Head ? leftOut : 0;
            if (!here.Bytes[..^end].SequenceEqual(there.Bytes[..^end]))
                Assert.Fail($"{here.Kind} {here.Id} differs from byte {here.Bytes.CommonPrefixLength(there.Bytes)} on");
        }

        Assert.That(mine.Length, Is.EqualTo(its.Length));
    }

    private static void AssertMoved(PartitionPipeline before, PartitionPipeline after, LayoutDescription older)
    {
        var compared = 0;
        foreach (var (id, series) in SeriesOf(after))
        {
            var (names, plan) = (series.Policy.Detectors.Names.ToHashSet(), series.Policy.Memory);
            OlderSnapshot.AssertMoved(SeriesOf(before)[id].Memory.Span, series.Memory.Span,
                SeriesShape.Of(OlderLayout.Present, names, plan),
                SeriesShape.Of(older, names, plan));
            compared++;
        }

        Assert.That(compared, Is.GreaterThan(10));
    }

    private static void Load(OlderSnapshot older, ReadOnlySpan<byte> bytes, PartitionPipeline pipeline, Action? beforeEnd = null)
    {
        var loader = pipeline.Load(older.Layout);
        while (!bytes.IsEmpty)
        {
            var block = SnapshotBlock.ReadFrom(ref bytes);
            if (block.Kind == SnapshotBlockKind.End) beforeEnd?.Invoke();
            loader.Take(block);
        }

        Assert.That(loader.IsComplete, Is.True);
    }

    private static Dictionary<UInt128, SeriesState> SeriesOf(PartitionPipeline pipeline) =>
        RegistryOf(pipeline).InOrder().ToDictionary(series => series.Id.Value);

    private static SeriesRegistry RegistryOf(PartitionPipeline pipeline) => (SeriesRegistry)typeof(PartitionPipeline)
        .GetField("_series", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(pipeline)!;

    private static PartitionPipeline New() => new("metrics", 0, DetectionPolicy.Default);

    private static byte[] Snapshot()
    {
        var pipeline = New();
        Play(pipeline, 0, Learned);
        return SnapshotBytes.Of(pipeline).Bytes.ToArray();
    }

    // As the migrated one: judged as if policies were adopted.
    private static PartitionPipeline Restored()
    {
        var pipeline = New();
        SnapshotBytes.Load(Calm, pipeline);
        pipeline.Adopt(PolicySet.Default);
        return pipeline;
    }

    private static List<AlertEvent> Play(PartitionPipeline pipeline, int from, int count)
    {
        var events = new List<AlertEvent>();
        for (var minute = from; minute < from + count; minute++)
        {
            var random = new Random(minute);
            var now = Timestamp.FromUnixSeconds(1795341600 + (60 * minute));
            var lines = Enumerable.Range(0, Gpus).Select(gpu => string.Create(CultureInfo.InvariantCulture, $$$"""
                {"model":"m","ts":{{{now.UnixMilliseconds}}},"labels":{"gpu":"{{{gpu}}}"},
                "metrics":{"a":{{{50 + Streams.Gauss(random)}}},"b":{{{7 + (0.1 * Streams.Gauss(random))}}} } }
                """).Replace("\n", "", StringComparison.Ordinal));
            pipeline.Process(Encoding.UTF8.GetBytes(string.Join('\n', lines)), minute, now, events);
        }

        return events;
    }
}
