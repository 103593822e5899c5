using System.Text.Json;
using LeptonStream.State;

namespace LeptonStream.Detector.Snapshots;

/// <summary>
/// A decision that no record of the input holds: a clock went on while there was nothing to read, or an operator changed something. It is a
/// record of the state topic, so that whoever replays the input decides the same at the same offset. One of the four is set.
/// </summary>
internal sealed record JournalEntry
{
    // Entries of so many numbers ago are long behind the oldest snapshot in use.
    private const int Ring = 8192;

    private static readonly TimeSpan LongestSilence = TimeSpan.FromDays(3650);

    /// <summary>Its number: one more than that of the entry before.</summary>
    public required long Sequence { get; init; }

    /// <summary>The input offset before which it applies.</summary>
    public required long Next { get; init; }

    /// <summary>Time since the last record, in units of 100 ns: the partition was told that it went by.</summary>
    public long? Silence { get; init; }

    /// <summary>Policies were adopted.</summary>
    public PolicyText? Policies { get; init; }

    /// <summary>The input topic has more partitions now.</summary>
    public bool? PartitionsAdded { get; init; }

    /// <summary>How many they are then; null where it was written by a version that did not say.</summary>
    public int? Partitions { get; init; }

    /// <summary>A person's verdict was heard.</summary>
    public HeardVerdict? Verdict { get; init; }

    public string Key => StateKeys.Journal(Sequence % Ring);

    /// <summary>Why it can't be applied, in plain words; null where it can.</summary>
    /// <param name="inputEnd">The end of the input, behind which nothing was decided.</param>
    public string? Fault(long inputEnd) =>
        Next < 0 || Next > inputEnd ? $"is of offset {Next}, the log ends at {inputEnd}"
            : Silence is { } silence && !CanBeSilence(silence) ? $"tells of a silence of {silence} ticks"
            : Partitions < 0 ? $"tells of {Partitions} partitions"
            : Verdict is { Offset: < 0 } ? "tells of a verdict that lies nowhere"
            : null;

    /// <summary>Whether a partition can be silent for so long, in units of 100 ns.</summary>
    public static bool CanBeSilence(long ticks) => ticks >= 0 && ticks <= LongestSilence.Ticks;

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, SnapshotJson.Default.JournalEntry);

    /// <summary>Reads a record's value.</summary>
    /// <exception cref="SnapshotCorruptException">It is no entry.</exception>
    public static JournalEntry Read(ReadOnlySpan<byte> value)
    {
        try
        {
            return JsonSerializer.Deserialize(value, SnapshotJson.Default.JournalEntry)
                ?? throw new SnapshotCorruptException("an entry of the journal is empty");
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            throw new SnapshotCorruptException($"an entry of the journal can't be read: {wrong.Message}");
        }
    }
}

/// <summary>A record of the feedback topic.</summary>
/// <param name="Feedback">Its value.</param>
/// <param name="Offset">Its offset.</param>
/// <param name="IsNews">Whether an event tells of the change.</param>
internal sealed record HeardVerdict(string Feedback, long Offset, bool IsNews);

/// <summary>The text of a policy file.</summary>
/// <param name="Yaml">The text; null for the built-in policies.</param>
internal sealed record PolicyText(string? Yaml);
