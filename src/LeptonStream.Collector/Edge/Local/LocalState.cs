using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using LeptonStream.Collector.Edge.Spooling;
using LeptonStream.Detection;
using LeptonStream.Detection.Snapshots;
using LeptonStream.State;

namespace LeptonStream.Collector.Edge.Local;

/// <summary>
/// The state of this host's detector in a file: the next sequence (8 bytes), a mark (4), the fingerprint of the layout (16), its
/// description and the fingerprint of the policies, each behind its length (4), then the blocks of a snapshot, each with a hash. It is
/// replaced as a whole. One of another layout is read by the names of its fields, as a detector does it.
/// </summary>
/// <remarks>
/// Edges of before wrote no description, and in place of the mark the length of the policies' fingerprint. Such a file is read where its
/// first block is of this program's layout; they in turn refuse a length that is below 0.
/// </remarks>
internal sealed class LocalState(string path, DetectionPolicy policy)
{
    private const int Described = -1;
    private const int MostFingerprint = 1024;
    private const int MostDescription = StateLayout.MaxTextLength;

    private readonly UInt128 _layout = StateLayout.FingerprintOf(policy);
    private readonly byte[] _description = PackedLayout.Of(StateLayout.TextOf(policy));

    /// <summary>Writes the state of a pipeline.</summary>
    /// <param name="pipeline">The pipeline, between two records.</param>
    /// <param name="policies">The fingerprint of its policies.</param>
    /// <param name="next">The sequence of the next record.</param>
    /// <exception cref="IOException">The disk does not take it; the state before stays.</exception>
    public void Write(PartitionPipeline pipeline, string policies, long next) => AtomicFile.Write(path, file =>
    {
        Span<byte> head = stackalloc byte[sizeof(long) + sizeof(int) + 16];
        BinaryPrimitives.WriteInt64LittleEndian(head, next);
        BinaryPrimitives.WriteInt32LittleEndian(head[sizeof(long)..], Described);
        BinaryPrimitives.WriteUInt128LittleEndian(head[(sizeof(long) + sizeof(int))..], _layout);
        file.Write(head);
        WritePart(file, _description);
        WritePart(file, Encoding.UTF8.GetBytes(policies));
        pipeline.Save(new BlockWriter(file));
    });

    /// <summary>Reads the state into a fresh pipeline.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="changes">Fields and detectors that are new, and those that are gone; null where it is of this program's layout.</param>
    /// <returns>The sequence of the next record; null where there is no file.</returns>
    /// <exception cref="SnapshotCorruptException">It is not whole, or of a layout that can't be read: the pipeline is of no use.
    /// </exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public long? Read(PartitionPipeline pipeline, out string? changes)
    {
        changes = null;
        if (!File.Exists(path)) return null;
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(path);
        var next = BinaryPrimitives.ReadInt64LittleEndian(Take(ref bytes, sizeof(long), "head"));
        WrittenLayout? layout = null;
        if (bytes.Length >= sizeof(int) && BinaryPrimitives.ReadInt32LittleEndian(bytes) == Described)
        {
            bytes = bytes[sizeof(int)..];
            var fingerprint = BinaryPrimitives.ReadUInt128LittleEndian(Take(ref bytes, 16, "layout"));
            var text = PackedLayout.Read(TakePart(ref bytes, MostDescription, "description of its layout"));
            layout = StateLayout.Resolve(fingerprint, text, policy);
            changes = layout.Changes;
        }

        var loader = pipeline.Load(layout, Encoding.UTF8.GetString(TakePart(ref bytes, MostFingerprint, "policies")));
        while (!bytes.IsEmpty) loader.Take(SnapshotBlock.ReadFrom(ref bytes));
        return loader.IsComplete ? next : throw new SnapshotCorruptException("the file ends too early");
    }

    private static void WritePart(FileStream file, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
        file.Write(length);
        file.Write(part);
    }

    private static ReadOnlySpan<byte> TakePart(ref ReadOnlySpan<byte> bytes, int most, string name)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(Take(ref bytes, sizeof(int), name));
        if (length < 0 || length > most) throw new SnapshotCorruptException($"the file has no {name}");
        return Take(ref bytes, length, name);
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int length, string name)
    {
        if (bytes.Length < length) throw new SnapshotCorruptException($"the file has no {name}");
        var taken = bytes[..length];
        bytes = bytes[length..];
        return taken;
    }

    private sealed class BlockWriter(FileStream file) : ISnapshotSink
    {
        private readonly ArrayBufferWriter<byte> _block = new(8 << 10);

        public void Take(in SnapshotBlock block)
        {
            _block.ResetWrittenCount();
            block.WriteTo(_block);
            file.Write(_block.WrittenSpan);
        }
    }
}
