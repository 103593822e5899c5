using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using LeptonStream.Detection;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Snapshots;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection.Snapshots.Layouts;

/// <summary>
/// A snapshot of this program as one of an older layout would have written it. Blocks of plain bytes are found by their own hashes, so
/// nothing here knows how a snapshot is read.
/// </summary>
internal sealed class OlderSnapshot(LayoutDescription older)
{
    private const int BlockHead = 12;
    private const int PolicyBits = 1;
    private const byte Former = 0xA7;

    private static readonly LayoutDescription Present = OlderLayout.Present;

    private readonly Dictionary<UInt128, (UInt128 Id, ulong Bits, MemoryPlan Plan, ulong OldBits)> _policies = [];
    private readonly ArrayBufferWriter<byte> _out = new();
    private UInt128 _policy;

    public string Text { get; } = LayoutText.Write(older);

    public UInt128 Fingerprint => XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(Text));

    public WrittenLayout Layout => StateLayout.Resolve(Fingerprint, Text, DetectionPolicy.Default);

    /// <summary>The snapshot's blocks.</summary>
    public byte[] Of(ReadOnlySpan<byte> snapshot)
    {
        var chunk = new ArrayBufferWriter<byte>(snapshot.Length);
        while (!snapshot.IsEmpty)
        {
            var block = SnapshotBlock.ReadFrom(ref snapshot);
            _out.ResetWrittenCount();
            var id = Rewrite(block);
            new SnapshotBlock(block.Kind, id, _out.WrittenSpan).WriteTo(chunk);
        }

        return chunk.WrittenSpan.ToArray();
    }

    /// <summary>The snapshot's blocks as they are, under a head that says they have the older layout.</summary>
    public byte[] WithHead(ReadOnlySpan<byte> snapshot)
    {
        var chunk = new ArrayBufferWriter<byte>(snapshot.Length);
        while (!snapshot.IsEmpty)
        {
            var block = SnapshotBlock.ReadFrom(ref snapshot);
            _out.ResetWrittenCount();
            if (block.Kind == SnapshotBlockKind.Head) Rewrite(block);
            else _out.Write(block.Bytes);
            new SnapshotBlock(block.Kind, block.Id, _out.WrittenSpan).WriteTo(chunk);
        }

        return chunk.WrittenSpan.ToArray();
    }

    /// <summary>The bytes of a struct of this program in its older shape.</summary>
    public static byte[] Of(ReadOnlySpan<byte> now, StructShape present, StructShape older)
    {
        Assert.That(now.Length, Is.EqualTo(present.Bytes));
        var then = new byte[older.Bytes];
        then.AsSpan().Fill(Former);
        var known = present.Fields.ToDictionary(field => field.Path);
        foreach (var field in older.Fields)
            if (known.TryGetValue(field.Path, out var same) && same.Type == field.Type)
                now.Slice(same.Offset, same.Bytes).CopyTo(then.AsSpan(field.Offset));
        return then;
    }

    /// <summary>Bytes at the end of the head that a version does not write yet.</summary>
    public static int NewAtTheEndOfTheHead(int version) => (version < StateLayout.HolesSince ? 2 * LogHoles.Bytes : 0)
        + (version < StateLayout.ClocksSince ? ClockWatch.Bytes : 0);

    /// <summary>Fields that both shapes have are the same, others are as the struct begins.</summary>
    public static void AssertMoved(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, StructShape shape, StructShape older)
    {
        var then = older.Fields.ToDictionary(field => field.Path);
        foreach (var field in shape.Fields)
        {
            var expected = then.ContainsKey(field.Path) ? before : shape.Fresh;
            if (!after.Slice(field.Offset, field.Bytes).SequenceEqual(expected.Slice(field.Offset, field.Bytes)))
                Assert.Fail($"{field.Path} is {Convert.ToHexString(after.Slice(field.Offset, field.Bytes))}");
        }
    }

    private UInt128 Rewrite(in SnapshotBlock block)
    {
        switch (block.Kind)
        {
            case SnapshotBlockKind.Head:
                Write(Fingerprint);
                var head = block.Bytes[16..^NewAtTheEndOfTheHead(older.Version)];
                _out.Write(older.Version < StateLayout.WarningsSince ? WithoutWarnings(head) : head);
                return block.Id;
            case SnapshotBlockKind.Policy:
                return RewritePolicy(block);
            case SnapshotBlockKind.Series or SnapshotBlockKind.ForgottenSeries:
                RewriteSeries(block.Bytes);
                return block.Id;
            case SnapshotBlockKind.Entity or SnapshotBlockKind.Peers or SnapshotBlockKind.ForgottenEntity:
                RewriteBlocks(block.Bytes);
                return block.Id;
            default:
                _out.Write(block.Bytes);
                return block.Id;
        }
    }

    // Warnings of models, of which there are none, before the clocks of distributions and versions.
    private static byte[] WithoutWarnings(ReadOnlySpan<byte> head) =>
        [.. head[..^((2 * sizeof(long)) + sizeof(int))], .. head[^(2 * sizeof(long))..]];

    private UInt128 RewritePolicy(in SnapshotBlock block)
    {
        var bytes = block.Bytes.ToArray();
        var bits = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(PolicyBits));
        var names = Present.DetectorsOf(bits);
        var then = older.Detectors.Index().Aggregate(0UL, (set, detector) =>
            names.Contains(detector.Item) || detector.Item == OlderLayout.FormerDetector ? set | (1UL << detector.Index) : set);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(PolicyBits), then);
        // No policy here names a calendar or a denominator.
        if (older.Version < StateLayout.WarningsSince) bytes = bytes[..^(sizeof(long) + sizeof(bool) + sizeof(int))];
        if (older.Version < StateLayout.WeightsSince) bytes = bytes[..^sizeof(int)];
        if (older.Version < StateLayout.HabitsSince) bytes = bytes[..^sizeof(int)];
        if (older.Version < StateLayout.LinesSince) bytes = bytes[..^sizeof(double)];
        var state = new StateReader(block.Bytes);
        var policy = PolicyState.Load(ref state, out _);
        var id = XxHash128.HashToUInt128(bytes);
        _policies.Add(block.Id, (id, bits, policy.Memory, then));
        _out.Write(bytes);
        return id;
    }

    // Its policy, its memory, two habits, its onset with the candidates, the number of what opened its alert, and the rest.
    private void RewriteSeries(ReadOnlySpan<byte> rest)
    {
        var memory = FirstBlock(rest);
        var head = rest[..memory].ToArray();
        Span<byte> wanted = stackalloc byte[16];
        foreach (var (id, policy) in _policies)
        {
            BinaryPrimitives.WriteUInt128LittleEndian(wanted, id);
            if (head.AsSpan().IndexOf(wanted) is not (>= 0 and var at)) continue;
            BinaryPrimitives.WriteUInt128LittleEndian(head.AsSpan(at), policy.Id);
            _policy = id;
        }

        _out.Write(head);
        rest = rest[memory..];
        // Series that have no bursts and no fault.
        if (older.Version < StateLayout.HabitsSince) rest = rest[..^1];
        if (older.Version < StateLayout.FaultsSince) rest = rest[..^1];
        var (_, bits, plan, then) = _policies[_policy];
        RewriteBlock(ref rest, SeriesShape.Of(Present, Present.DetectorsOf(bits), plan),
            SeriesShape.Of(older, older.DetectorsOf(then), plan));
        Copy(ref rest, sizeof(long));
        RewriteBlock(ref rest, Present.Struct("non-finite"), older.Struct("non-finite"));
        RewriteBlock(ref rest, Present.Struct("lost-readings"), older.Struct("lost-readings"));
        var count = BinaryPrimitives.ReadInt32LittleEndian(rest);
        Copy(ref rest, sizeof(int));
        for (; count > 0; count--)
        {
            var bytes = Present.Struct("onset").Bytes;
            _out.Write(Of(rest[..bytes], Present.Struct("onset"), older.Struct("onset")));
            rest = rest[bytes..];
        }

        var opener = BinaryPrimitives.ReadInt32LittleEndian(rest);
        var name = opener == 0 ? null : Present.Openers.ElementAt(opener - 1);
        Span<byte> number = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(number, name is null ? 0 : older.Openers.ToList().IndexOf(name) + 1);
        _out.Write(number);
        RewriteBlocks(rest[sizeof(int)..]);
    }

    private void RewriteBlocks(ReadOnlySpan<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            var at = FirstBlock(rest);
            // An entity that has no fault.
            var hasNew = at < rest.Length && older.Version < StateLayout.FaultsSince
                && BinaryPrimitives.ReadInt32LittleEndian(rest[at..]) == Present.Struct("entity").Bytes;
            Copy(ref rest, hasNew ? at - (3 * sizeof(int)) : at);
            if (hasNew) rest = rest[(3 * sizeof(int))..];
            if (rest.IsEmpty) break;
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
            var name = Present.Structs.FirstOrDefault(one =>
                one.Key is "entity" or "baseline" or "fault" or "peer" or "peers" or "peers-score" && one.Value.Bytes == length).Key;
            if (name is not null) RewriteBlock(ref rest, Present.Struct(name), older.Struct(name));
            else RewriteWindow(ref rest, (length - Present.Struct(StateLayout.Window).Bytes) / 5);
        }
    }

    private void RewriteWindow(ref ReadOnlySpan<byte> rest, int capacity) =>
        RewriteBlock(ref rest, SeriesShape.OfWindow(Present, capacity), SeriesShape.OfWindow(older, capacity));

    private void RewriteBlock(ref ReadOnlySpan<byte> rest, StructShape present, StructShape then)
    {
        var state = new StateWriter();
        state.WriteBlock(Of(rest.Slice(BlockHead, present.Bytes), present, then));
        _out.Write(state.Written);
        rest = rest[(BlockHead + present.Bytes)..];
    }

    private void Copy(ref ReadOnlySpan<byte> rest, int bytes)
    {
        _out.Write(rest[..bytes]);
        rest = rest[bytes..];
    }

    private void Write(UInt128 value)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(_out.GetSpan(16), value);
        _out.Advance(16);
    }

    private static int FirstBlock(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; at + BlockHead < bytes.Length; at++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
            if (length <= 0 || length > bytes.Length - at - BlockHead) continue;
            if (XxHash3.HashToUInt64(bytes.Slice(at + BlockHead, length)) == MemoryMarshal.Read<ulong>(bytes[(at + 4)..])) return at;
        }

        return bytes.Length;
    }
}
