namespace LeptonStream.Detector.Snapshots;

/// <summary>The account of a partition's snapshots and of its journal. Used by the worker's thread only.</summary>
/// <param name="hasTopic">Whether the state topic has a partition for it.</param>
/// <param name="lastNumber">The number of the newest snapshot in the topic; −1 for none.</param>
/// <param name="sequence">The number of the journal's next entry.</param>
/// <param name="written">The input offset of the newest snapshot; null for none.</param>
internal sealed class SnapshotBook(bool hasTopic, long lastNumber, long sequence, long? written)
{
    private long _number = lastNumber;
    private long _sequenceWritten = sequence;
    private long? _written = written;

    /// <summary>Whether there is a place for snapshots.</summary>
    public bool HasTopic { get; set; } = hasTopic;

    /// <summary>The number of the journal's next entry.</summary>
    public long Sequence { get; private set; } = sequence;

    /// <summary>The number of the next snapshot; behind the last of all numbers that one again, of which the later counts.</summary>
    public long NextNumber => Math.Min(_number, SnapshotHeader.MostNumber - 2) + 1;

    /// <summary>Whether anything was judged or decided since the newest snapshot.</summary>
    public bool HasNews(long? next) => next is not null && (next != _written || Sequence != _sequenceWritten);

    /// <summary>Makes the journal's next entry, without its decision.</summary>
    /// <param name="next">The input offset before which it applies.</param>
    public JournalEntry Note(long next) => new() { Sequence = Sequence++, Next = next };

    /// <summary>A snapshot is whole in the topic.</summary>
    public void MarkWritten(long number, long next, long sequence)
    {
        _number = number;
        _written = next;
        _sequenceWritten = sequence;
    }
}
