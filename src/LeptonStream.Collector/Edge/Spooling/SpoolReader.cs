namespace LeptonStream.Collector.Edge.Spooling;

/// <summary>A place in a spool from which records are read on, in order. Used by one thread at a time.</summary>
internal sealed class SpoolReader(Spool spool, long next)
{
    /// <summary>The lowest sequence that the next record may have.</summary>
    public long Next { get; internal set; } = next;

    internal SpoolSegment? Segment { get; set; }

    // Where the next record is in the segment, or one before it.
    internal long At;

    /// <summary>Reads on.</summary>
    /// <param name="into">Takes the records.</param>
    /// <param name="mostRecords">Records to read, at most.</param>
    /// <param name="mostBytes">No further record is read when they have so many bytes.</param>
    /// <returns>How many there were; 0 at the end.</returns>
    public int Read(List<SpoolRecord> into, int mostRecords, int mostBytes = int.MaxValue) =>
        spool.Read(this, into, mostRecords, mostBytes);
}
