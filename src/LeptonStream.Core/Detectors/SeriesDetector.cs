using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LeptonStream.Samples;

namespace LeptonStream.Detectors;

/// <summary>
/// One way to score a sample of one series. It holds no state of its own: what it knows of a series is a struct of plain numbers
/// in the series' memory, all zeros at first, whose bytes are its snapshot. The contract, checked for every detector by one shared suite:
/// it scores before it learns and scoring changes nothing; while it warms up it is neutral (0), or says nothing yet where it is slow
/// (<see cref="NotYet"/>); a score is finite and not negative; the same samples give the same scores; a copy of its bytes goes on
/// bit-equal; nothing is allocated per sample.
/// </summary>
public abstract class SeriesDetector
{
    /// <summary>
    /// The score of a slow detector that warms up: NaN. It takes days, and its silence is no calm: a calibrator that counted it would take
    /// the first score for one that hardly ever comes.
    /// </summary>
    public const double NotYet = double.NaN;

    /// <summary>The detector's name on the wire, in policies and in docs/detectors, in kebab-case.</summary>
    public abstract string Name { get; }

    /// <summary>The way in which its scores are joined with those of the others, and the samples it is shown.</summary>
    public abstract DetectorKind Kind { get; }

    /// <summary>
    /// The part of its rarity by which a slow finding ranks, above 0 to 1; 1 by default, half where two detectors look at the same mean.
    /// </summary>
    public virtual double Vote => 1;

    /// <summary>
    /// Whether it finds values elsewhere than expected; else it finds how values go, each of which may be ordinary. <value>The default
    /// value is true.</value>
    /// </summary>
    public virtual bool IsOfValues => true;

    /// <summary>The memory it needs for each series, in bytes.</summary>
    public abstract int StateBytes { get; }

    /// <summary>
    /// Raw score of the sample, in the detector's own unit (scales, for most), from 0 (as expected); <see cref="NotYet"/> of a slow one
    /// that warms up. Changes nothing.
    /// </summary>
    /// <param name="sample">A sample within ±10³⁶, not yet learned.</param>
    /// <param name="view">Statistics of the series before this sample.</param>
    /// <param name="state">State of this detector for the series.</param>
    public abstract double Score(in Sample sample, in SeriesView view, ReadOnlySpan<byte> state);

    /// <summary>Takes the sample in. Called after <see cref="Score"/>, and before what is shared learns it.</summary>
    /// <param name="sample">The sample that was scored.</param>
    /// <param name="view">Statistics of the series before the sample.</param>
    /// <param name="state">State of this detector for the series.</param>
    public abstract void Learn(in Sample sample, in SeriesView view, Span<byte> state);

    /// <summary>Since when that lasts by which it scores the newest sample; null where its score does not say.</summary>
    /// <param name="state">State of this detector for the series.</param>
    public virtual Timestamp? Since(ReadOnlySpan<byte> state) => null;

    /// <summary>The one value that the series had until then, in the metric's unit; NaN where its score does not say.</summary>
    /// <param name="state">State of this detector for the series.</param>
    public virtual double ValueBefore(ReadOnlySpan<byte> state) => double.NaN;

    /// <summary>Accepts a new normal: what was learned of the old level is forgotten.</summary>
    public abstract void Rebase(Span<byte> state);
}

/// <summary>A detector whose knowledge of a series is one struct.</summary>
/// <typeparam name="TState">The struct; all zeros is the state of a series that was never seen.</typeparam>
public abstract class SeriesDetector<TState> : SeriesDetector
    where TState : unmanaged
{
    /// <inheritdoc/>
    public sealed override int StateBytes => Unsafe.SizeOf<TState>();

    /// <inheritdoc/>
    public sealed override double Score(in Sample sample, in SeriesView view, ReadOnlySpan<byte> state) =>
        Score(sample, view, in MemoryMarshal.AsRef<TState>(state));

    /// <inheritdoc/>
    public sealed override void Learn(in Sample sample, in SeriesView view, Span<byte> state) =>
        Learn(sample, view, ref MemoryMarshal.AsRef<TState>(state));

    /// <inheritdoc/>
    public sealed override void Rebase(Span<byte> state) => Rebase(ref MemoryMarshal.AsRef<TState>(state));

    /// <inheritdoc cref="SeriesDetector.Score"/>
    protected abstract double Score(in Sample sample, in SeriesView view, in TState state);

    /// <inheritdoc cref="SeriesDetector.Learn"/>
    protected virtual void Learn(in Sample sample, in SeriesView view, ref TState state)
    {
    }

    /// <inheritdoc cref="SeriesDetector.Rebase"/>
    protected virtual void Rebase(ref TState state)
    {
    }
}

/// <summary>The state of a detector that knows only what all share.</summary>
public readonly struct Stateless;
