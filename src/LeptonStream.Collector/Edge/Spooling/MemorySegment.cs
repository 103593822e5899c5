namespace LeptonStream.Collector.Edge.Spooling;

/// <summary>A segment in memory, for as long as the disk takes nothing: what it holds is judged and sent, and a kill loses it.</summary>
internal sealed class MemorySegment : SpoolSegment
{
    private byte[] _bytes = new byte[16 << 10];

    public override bool IsOnDisk => false;

    public override void Sync()
    {
        // There is nothing that could be safe.
    }

    public override void Dispose() => _bytes = [];

    protected override void Write(ReadOnlySpan<byte> bytes, long at)
    {
        if (at + bytes.Length > _bytes.Length) Array.Resize(ref _bytes, (int)Math.Max(_bytes.Length * 2L, at + bytes.Length));
        bytes.CopyTo(_bytes.AsSpan((int)at));
    }

    protected override int Read(Span<byte> into, long at)
    {
        var length = (int)Math.Min(into.Length, _bytes.Length - at);
        _bytes.AsSpan((int)at, length).CopyTo(into);
        return length;
    }

    protected override void Remove()
    {
        // It was in memory.
    }
}
