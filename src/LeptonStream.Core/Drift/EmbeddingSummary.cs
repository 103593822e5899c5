using LeptonStream.State;

namespace LeptonStream.Drift;

/// <summary>
/// A summary of vectors, whatever they stand for (images, sound, text): mean and variance of each dimension, and histograms of the vectors
/// along random directions that the producer keeps.
/// </summary>
public sealed class EmbeddingSummary : Distribution
{
    private readonly double[] _centroid;
    private readonly double[] _variance;
    private readonly Histogram[] _projections;

    /// <summary>Makes it.</summary>
    /// <param name="count">Number of vectors, from 1.</param>
    /// <param name="centroid">The mean of each dimension: 1 to <see cref="Distribution.MaxDimensions"/>, finite.</param>
    /// <param name="variance">Its variance, from 0.</param>
    /// <param name="projections">At most <see cref="Distribution.MaxProjections"/>, always of the same directions.</param>
    public EmbeddingSummary(double count, double[] centroid, double[] variance, Histogram[] projections)
        : base(count) => (_centroid, _variance, _projections) = (centroid, variance, projections);

    /// <summary>The mean of each dimension.</summary>
    public ReadOnlySpan<double> Centroid => _centroid;

    /// <summary>The variance of each dimension.</summary>
    public ReadOnlySpan<double> Variance => _variance;

    internal override int Bytes => (16 * _centroid.Length) + _projections.Sum(one => one.Bytes);

    internal override bool IsComparableWith(Distribution other) => other is EmbeddingSummary embedding
        && embedding._centroid.Length == _centroid.Length && embedding._projections.Length == _projections.Length;

    internal override DriftReading CompareWith(Distribution reference)
    {
        var other = (EmbeddingSummary)reference;
        // The mean over directions is the sliced Wasserstein distance (Bonneel et al. 2015, J. Math. Imaging Vis. 51, 22).
        var sliced = _projections.Length == 0
            ? double.NaN
            : _projections.Zip(other._projections, Drift.Wasserstein.Corrected).Average();
        return new(this, other) { Discrepancy = MeanDiscrepancy.Corrected(this, other), Wasserstein = sliced };
    }

    /// <summary>The dimensions that moved most, with their means.</summary>
    /// <param name="reference">The reference.</param>
    /// <param name="most">How many of them.</param>
    internal IReadOnlyList<DriftMove> Moves(EmbeddingSummary reference, int most)
    {
        var terms = new double[_centroid.Length];
        MeanDiscrepancy.Terms(this, reference, terms);
        return [.. Enumerable.Range(0, terms.Length)
            .Where(dimension => terms[dimension] > 0)
            .OrderByDescending(dimension => terms[dimension])
            .Take(most)
            .Select(dimension => DriftMove.OfDimension(dimension, reference._centroid[dimension], _centroid[dimension]))];
    }

    internal override Distribution MergeWith(double keep, Distribution newer)
    {
        var other = (EmbeddingSummary)newer;
        var kept = keep * Count;
        var count = kept + other.Count;
        var (old, added) = (kept / count, other.Count / count);
        double[] centroid = new double[_centroid.Length], variance = new double[_centroid.Length];
        for (var i = 0; i < centroid.Length; i++)
        {
            var difference = other._centroid[i] - _centroid[i];
            centroid[i] = _centroid[i] + (added * difference);
            variance[i] = (old * _variance[i]) + (added * other._variance[i]) + (old * added * difference * difference);
        }

        return new EmbeddingSummary(count, centroid, variance,
            [.. _projections.Zip(other._projections, (before, after) => (Histogram)before.MergeWith(keep, after))]);
    }

    internal override void Save(StateWriter state)
    {
        state.Write(Count);
        state.Write(_centroid.Length);
        state.Write(_centroid);
        state.Write(_variance);
        state.Write(_projections.Length);
        foreach (var projection in _projections) projection.Save(state);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no embedding.</exception>
    internal static EmbeddingSummary Load(ref StateReader state)
    {
        var count = state.ReadFinite();
        var dimensions = state.ReadCount(MaxDimensions);
        if (dimensions == 0 || count <= 0) throw new SnapshotCorruptException("an embedding of nothing");
        double[] centroid = new double[dimensions], variance = new double[dimensions];
        state.Read(centroid);
        state.Read(variance);
        var projections = new Histogram[state.ReadCount(MaxProjections)];
        for (var i = 0; i < projections.Length; i++) projections[i] = Histogram.Load(ref state);
        return centroid.All(double.IsFinite) && variance.All(one => one >= 0 && double.IsFinite(one))
            ? new(count, centroid, variance, projections)
            : throw new SnapshotCorruptException("an embedding without a number");
    }
}
