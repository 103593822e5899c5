using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LeptonStream.Samples;

namespace LeptonStream.Detectors;

/// <summary>A detector whose knowledge of a series is one struct.</summary>
/// <typeparam name="TState">The struct; all zeros is the state of a series that was never seen.</typeparam>
public abstract class SeriesDetector<TState> : ISeriesDetector
    where TState : unmanaged
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract DetectorKind Kind { get; }

    /// <inheritdoc/>
    public int StateBytes => Unsafe.SizeOf<TState>();

    /// <inheritdoc/>
    public double Score(in Sample sample, in SeriesView view, ReadOnlySpan<byte> state) =>
        Score(sample, view, in MemoryMarshal.AsRef<TState>(state));

    /// <inheritdoc/>
    public void Learn(in Sample sample, in SeriesView view, Span<byte> state) =>
        Learn(sample, view, ref MemoryMarshal.AsRef<TState>(state));

    /// <inheritdoc/>
    public void Rebase(Span<byte> state) => Rebase(ref MemoryMarshal.AsRef<TState>(state));

    /// <inheritdoc cref="ISeriesDetector.Score"/>
    protected abstract double Score(in Sample sample, in SeriesView view, in TState state);

    /// <inheritdoc cref="ISeriesDetector.Learn"/>
    protected virtual void Learn(in Sample sample, in SeriesView view, ref TState state)
    {
    }

    /// <inheritdoc cref="ISeriesDetector.Rebase"/>
    protected virtual void Rebase(ref TState state)
    {
    }
}

/// <summary>The state of a detector that knows only what all share.</summary>
public readonly struct Stateless;
