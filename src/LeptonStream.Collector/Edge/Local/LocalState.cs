using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using LeptonStream.Collector.Edge.Spooling;
using LeptonStream.Detection;
using LeptonStream.State;

namespace LeptonStream.Collector.Edge.Local;

/// <summary>
/// The state of this host's detector in a file: the next sequence (8 bytes), the length of the policies' fingerprint (4) and the
/// fingerprint, then the blocks of a snapshot, each with a hash. It is replaced as a whole.
/// </summary>
internal sealed class LocalState(string path)
{
    private const int HeadBytes = 12;
    private const int MostFingerprint = 1024;

    /// <summary>Writes the state of a pipeline.</summary>
    /// <param name="pipeline">The pipeline, between two records.</param>
    /// <param name="policies">The fingerprint of its policies.</param>
    /// <param name="next">The sequence of the next record.</param>
    /// <exception cref="IOException">The disk does not take it; the state before stays.</exception>
    public void Write(PartitionPipeline pipeline, string policies, long next) => AtomicFile.Write(path, file =>
    {
        var fingerprint = Encoding.UTF8.GetBytes(policies);
        Span<byte> head = stackalloc byte[HeadBytes];
        BinaryPrimitives.WriteInt64LittleEndian(head, next);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], fingerprint.Length);
        file.Write(head);
        file.Write(fingerprint);
        pipeline.Save(new BlockWriter(file));
    });

    /// <summary>Reads the state into a fresh pipeline.</summary>
    /// <returns>The sequence of the next record; null where there is no file.</returns>
    /// <exception cref="SnapshotCorruptException">It is not whole, or of another layout: the pipeline is of no use.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public long? Read(PartitionPipeline pipeline)
    {
        if (!File.Exists(path)) return null;
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(path);
        if (bytes.Length < HeadBytes) throw new SnapshotCorruptException("the file has no head");
        var next = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        bytes = bytes[HeadBytes..];
        if (length is < 0 or > MostFingerprint || length > bytes.Length) throw new SnapshotCorruptException("the file has no policies");
        var loader = pipeline.Load(policies: Encoding.UTF8.GetString(bytes[..length]));
        bytes = bytes[length..];
        while (!bytes.IsEmpty) loader.Take(SnapshotBlock.ReadFrom(ref bytes));
        return loader.IsComplete ? next : throw new SnapshotCorruptException("the file ends too early");
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
