using LeptonStream.State;

namespace LeptonStream.Drift;

/// <summary>Writes and reads distributions of any kind.</summary>
internal static class DistributionState
{
    private enum Kind
    {
        None = 0,
        Histogram = 1,
        Categories = 2,
        Embedding = 3,
    }

    /// <summary>Writes a distribution, or none.</summary>
    public static void Save(Distribution? distribution, StateWriter state)
    {
        state.Write((int)KindOf(distribution));
        distribution?.Save(state);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no distribution.</exception>
    public static Distribution? Load(ref StateReader state) => (Kind)state.ReadCount((int)Kind.Embedding) switch
    {
        Kind.None => null,
        Kind.Histogram => Histogram.Load(ref state),
        Kind.Categories => CategoryCounts.Load(ref state),
        _ => EmbeddingSummary.Load(ref state),
    };

    private static Kind KindOf(Distribution? distribution) => distribution switch
    {
        null => Kind.None,
        Histogram => Kind.Histogram,
        CategoryCounts => Kind.Categories,
        _ => Kind.Embedding,
    };
}
