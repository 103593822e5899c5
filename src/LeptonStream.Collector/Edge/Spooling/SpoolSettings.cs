namespace LeptonStream.Collector.Edge.Spooling;

/// <summary>The place of a spool, and its bounds.</summary>
/// <param name="Folder">The folder of its files; it is made where there is none.</param>
/// <param name="MaxBytes">Bytes of all its records, at most.</param>
/// <param name="MaxAge">Records older than this go, whether or not anybody has read them.</param>
internal sealed record SpoolSettings(string Folder, long MaxBytes, TimeSpan MaxAge)
{
    private const long LargestSegment = 4 << 20;

    /// <summary>The clock by which records grow old, and by which a disk that took nothing is tried again.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Bytes of a segment, at most, unless one record is larger: the unit in which the oldest records go.</summary>
    public long SegmentBytes => Math.Min(LargestSegment, MaxBytes / 8);

    /// <summary>Bytes that wait in memory while the disk takes nothing, at most.</summary>
    public long MemoryBytes => Math.Min(1 << 20, MaxBytes);
}
