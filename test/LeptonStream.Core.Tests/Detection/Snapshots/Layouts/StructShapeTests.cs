using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LeptonStream.Detection;
using LeptonStream.Detection.Calibration;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Snapshots;
using LeptonStream.Detection.Store;
using LeptonStream.Detectors;
using LeptonStream.Series;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection.Snapshots.Layouts;

/// <summary>Descriptions say where the bytes lie, and structs of other shapes are read by the names of their fields.</summary>
public sealed class StructShapeTests
{
    private static readonly LayoutDescription Present = OlderLayout.Present;

    private static IEnumerable<Type> Types => StateLayout.Structs.Select(one => one.Type).Append(typeof(Nested)).Append(typeof(Packed));

    [TestCaseSource(nameof(Types))]
    public void Of_AStruct_HasItsFieldsWhereMemoryHasThem(Type type)
    {
        var shape = StructShape.Of(type);
        var fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(field => field.FieldType.IsPrimitive).ToList();
        foreach (var field in fields)
        {
            var name = field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>')] : field.Name;
            var value = RuntimeHelpers.GetUninitializedObject(type);
            field.SetValue(value, field.FieldType == typeof(bool) ? true : Convert.ChangeType(1, field.FieldType, null));
            var bytes = (byte[])typeof(StructShapeTests).GetMethod(nameof(BytesOf), BindingFlags.Static | BindingFlags.NonPublic)!
                .MakeGenericMethod(type).Invoke(null, [value])!;
            var described = shape.Fields.Single(one => one.Path == name);
            var at = bytes.AsSpan().IndexOfAnyExcept((byte)0);
            Assert.That(at, Is.InRange(described.Offset, described.Offset + described.Bytes - 1), name);
        }

        Assert.That(shape.Fields.All(field => field.Offset + field.Bytes <= shape.Bytes), Is.True);
    }

    [Test]
    public void Of_AStructThatBeginsOtherwise_BeginsSo()
    {
        Assert.That(MemoryMarshal.Read<Nested>(StructShape.Of(typeof(Nested)).Fresh).Inner.Level, Is.NaN);
        Assert.That(Present.Struct("peers").Fresh, Has.Some.Not.EqualTo(0), "rounds are counted from 1");
    }

    [Test]
    public void Of_TheMemoryOfASeries_IsThatOfItsLayout([Values] MemoryPlan plan, [Values] bool hasAll)
    {
        var set = hasAll ? DetectorSet.Of(DetectorSet.AllNames) : DetectorSet.Default;
        var layout = new SeriesLayout(DetectionPolicy.Default, set, plan);
        var shape = SeriesShape.Of(Present, set.Names.ToHashSet(), plan);
        var memory = layout.Rent().Span;
        memory.Clear();
        Assert.That(shape.Bytes, Is.EqualTo(memory.Length));
        for (var i = 0; i < layout.Detectors.Length; i++)
        {
            var state = layout.State(memory, i);
            var (name, kind) = (layout.Detectors[i].Name, layout.Kinds[i]);
            var first = Present.States.Single(one => one.Name == name).Shape.Fields;
            if (first.Count > 0) Assert.That(OffsetIn(memory, state), Is.EqualTo(shape.Fields.First(field =>
                field.Path == $"{name}.{kind}.{first[0].Path}").Offset), name);
            if (kind != DetectorKind.Rule)
                Assert.That(OffsetIn(memory, MemoryMarshal.AsBytes(new Span<TailCalibrator>(ref layout.Calibrator(memory, i)))),
                    Is.EqualTo(OffsetOf(shape, $"{name}.{kind}.calibrator.")));
        }

        if (layout.HasPast)
            Assert.That(OffsetIn(memory, MemoryMarshal.AsBytes(new Span<PastExtremes>(ref layout.Past(memory)))),
                Is.EqualTo(OffsetOf(shape, "past.")));
        if (layout.HasSlow)
            Assert.That(OffsetIn(memory, MemoryMarshal.AsBytes(new Span<SlowStep>(ref layout.Slow(memory)))),
                Is.EqualTo(OffsetOf(shape, "series.Slow.")));
        Assert.That(layout.NumberBytes, Is.EqualTo(OffsetOf(shape, "chart[0].")));
    }

    [Test]
    public void Move_FromAMadeUpShape_KeepsWhatBothHaveAndLetsTheRestBegin()
    {
        var random = new Random(11);
        for (var i = 0; i < 30; i++)
        {
            var older = OlderLayout.WithLess(random, _ => true);
            foreach (var (name, shape) in Present.Structs)
            {
                var now = new byte[shape.Bytes];
                random.NextBytes(now);
                var moved = new byte[shape.Bytes];
                new StructMove(name, older.Struct(name), shape).Move(OlderSnapshot.Of(now, shape, older.Struct(name)), moved);
                OlderSnapshot.AssertMoved(now, moved, shape, older.Struct(name));
            }
        }
    }

    [TestCase("Value", "Int64", "chart-point.Value is Int64 there and Single here")]
    [TestCase("Value", "Single[2]", "chart-point.Value is Single[2] there and Single here")]
    [TestCase("Value", "{}", "chart-point.Value is {} there and Single here")]
    public void Resolve_AFieldOfAnotherType_IsRefusedByItsName(string path, string type, string words)
    {
        var older = OlderLayout.With("chart-point", shape => new(64, [.. shape.Fields.Select(field =>
            field.Path == path ? field with { Type = type } : field)]));
        AssertRefused(older, words);
    }

    [TestCase(0.1, 0.1f)]
    [TestCase(-1e300, float.MinValue)]
    [TestCase(double.NaN, float.NaN)]
    public void Move_ANumberThatHasFewerDigitsNow_TakesItOver(double then, float now)
    {
        var move = new StructMove("one", new(12, [new(4, "Double", "Level")]), new(8, [new(4, "Single", "Level")]));
        Assert.That((move.Added, move.Dropped), Is.EqualTo((new List<string>(), new List<string>())));
        var moved = new byte[8];
        move.Move([0, 0, 0, 0, .. BitConverter.GetBytes(then)], moved);
        Assert.That(BitConverter.ToSingle(moved, 4), Is.EqualTo(now));
    }

    [Test]
    public void Resolve_AnArrayOfAnotherLength_IsRefusedByItsName()
    {
        var field = Present.Struct(StateLayout.Past).Fields.First(one => one.Type.Contains('[', StringComparison.Ordinal));
        var other = StructField.ArrayOf(field.Type[..field.Type.IndexOf('[', StringComparison.Ordinal)], 3);
        var older = OlderLayout.With(StateLayout.Past, shape => new(shape.Bytes, [.. shape.Fields.Select(one =>
            one.Path == field.Path ? one with { Type = other } : one)]));
        AssertRefused(older, $"past.{field.Path} is {other} there and {field.Type} here");
    }

    [Test]
    public void Resolve_AnotherVersionOrOtherLengths_IsRefusedInPlainWords()
    {
        AssertRefused(Present with { Version = StateLayout.Version + 1 }, $"are of version {StateLayout.Version + 1}");
        AssertRefused(Present with { Lengths = Present.Lengths with { Window = 61 } }, "windows and charts are of other lengths");
        Assert.That(() => StateLayout.Resolve(1, null, DetectionPolicy.Default),
            Throws.TypeOf<SnapshotCorruptException>().With.Message.Contains("without a description"));
        Assert.That(() => StateLayout.Resolve(1, StateLayout.TextOf(DetectionPolicy.Default), DetectionPolicy.Default),
            Throws.TypeOf<SnapshotCorruptException>().With.Message.Contains("not the one that was written"));
    }

    [Test]
    public void Resolve_TheLayoutOfThisProgram_NeedsNoMigration()
    {
        var layout = StateLayout.Resolve(StateLayout.FingerprintOf(DetectionPolicy.Default),
            StateLayout.TextOf(DetectionPolicy.Default), DetectionPolicy.Default);
        Assert.That((layout.Migration, layout.Changes), Is.EqualTo(((LayoutMigration?)null, (string?)null)));
    }

    private static void AssertRefused(LayoutDescription older, string words)
    {
        var snapshot = new OlderSnapshot(older);
        Assert.That(() => snapshot.Layout, Throws.TypeOf<SnapshotCorruptException>().With.Message.Contains(words));
    }

    private static int OffsetOf(StructShape shape, string path) =>
        shape.Fields.Where(field => field.Path.StartsWith(path, StringComparison.Ordinal)).Min(field => field.Offset);

    private static long OffsetIn(Span<byte> memory, Span<byte> part) =>
        Unsafe.ByteOffset(ref MemoryMarshal.GetReference(memory), ref MemoryMarshal.GetReference(part));

    private static byte[] BytesOf<T>(T value)
        where T : unmanaged => MemoryMarshal.AsBytes(new Span<T>(ref value)).ToArray();

    private record struct Inner(bool IsKnown, double Level) : IFreshState<Inner>
    {
        public static Inner Fresh => new(false, double.NaN);
    }

    private record struct Nested(byte First, Inner Inner, UInt128 Wide, short Last);

    [StructLayout(LayoutKind.Sequential, Pack = 2)]
    private record struct Packed(byte First, long Number, byte Last);
}
