using System.Buffers;
using System.IO.Hashing;
using LeptonStream.Detection;
using LeptonStream.Detection.Snapshots;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection.Snapshots;

/// <summary>A snapshot in one piece of memory, used again for the next one.</summary>
internal sealed class SnapshotBytes : ISnapshotSink
{
    private readonly ArrayBufferWriter<byte> _bytes = new(1 << 20);

    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    public UInt128 Hash => XxHash128.HashToUInt128(_bytes.WrittenSpan);

    public int Blocks { get; private set; }

    public static SnapshotBytes Of(PartitionPipeline pipeline)
    {
        var bytes = new SnapshotBytes();
        bytes.Save(pipeline);
        return bytes;
    }

    public void Save(PartitionPipeline pipeline) => BeginSave(pipeline).Finish();

    public SnapshotCut BeginSave(PartitionPipeline pipeline)
    {
        _bytes.ResetWrittenCount();
        Blocks = 0;
        return pipeline.BeginSave(this);
    }

    public static void Load(ReadOnlySpan<byte> bytes, PartitionPipeline pipeline)
    {
        var loader = pipeline.Load();
        while (!bytes.IsEmpty) loader.Take(SnapshotBlock.ReadFrom(ref bytes));
        if (!loader.IsComplete) throw new SnapshotCorruptException("ends early");
    }

    public void Take(in SnapshotBlock block)
    {
        Assert.That(block.Bytes.Length, Is.LessThanOrEqualTo(SnapshotBlock.MaxBytes));
        Blocks++;
        block.WriteTo(_bytes);
    }
}
