using LeptonStream.State;

namespace LeptonStream.Drift;

/// <summary>
/// A summary of many values of one thing (a feature, predictions, confidence, embeddings) that a producer sends instead of the values.
/// Immutable; bounded by <see cref="MaxCells"/> and <see cref="MaxDimensions"/>.
/// </summary>
public abstract class Distribution
{
    /// <summary>Bins, centroids or categories of one distribution, at most.</summary>
    public const int MaxCells = 512;

    /// <summary>Dimensions of an embedding, at most.</summary>
    public const int MaxDimensions = 4096;

    /// <summary>Random projections of an embedding, at most.</summary>
    public const int MaxProjections = 32;

    private protected Distribution(double count) => Count = count;

    /// <summary>Number of values that it sums up, from 1; not whole where older ones count for less.</summary>
    public double Count { get; }

    /// <summary>The number of values: as declared, else the sum of the counts; there was at least one.</summary>
    internal static double SizeOf(double sum, double? declared) => Math.Max(1, declared ?? sum);

    /// <summary>About how many bytes it takes.</summary>
    internal abstract int Bytes { get; }

    /// <summary>Whether distances to another are defined: both are of one kind, and of as many dimensions.</summary>
    internal abstract bool IsComparableWith(Distribution other);

    /// <summary>The distances of this sample to a reference of its kind.</summary>
    internal abstract DriftReading CompareWith(Distribution reference);

    /// <summary>The values of this one, each counting <paramref name="keep"/>, and those of a newer one of its kind.</summary>
    /// <param name="keep">0 to 1.</param>
    /// <param name="newer">The newer one.</param>
    internal abstract Distribution MergeWith(double keep, Distribution newer);

    /// <summary>Writes its content; <see cref="DistributionState"/> writes its kind.</summary>
    internal abstract void Save(StateWriter state);
}
