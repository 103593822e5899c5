using LeptonStream.Samples;

namespace LeptonStream.Detectors;

/// <summary>
/// How far the series, smoothed over a few samples (ℓ ← ℓ + (x − ℓ)/4), lies outside everything it has shown until lately, in sixteenths of that range; 0 inside it.
/// The last 120 to 240 samples don't count, else a slow leak would be measured against itself a moment ago.
/// Record statistics: among n exchangeable samples the next is a new extreme with probability 2/(n+1), so on an old series a new extreme is news by itself.
/// It sees slow leaks that every window follows. Warm-up a day and 60 samples: in its first day a series shows new extremes all the time. O(1), 72 bytes.
/// </summary>
public sealed class NewExtremeDetector : SeriesDetector<NewExtremeDetector.State>
{
    private const int WarmUp = 60;
    private const double Smoothing = 0.25;
    private const int Lately = 120;
    private static readonly TimeSpan FirstDay = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    public override string Name => "new-extreme";

    /// <inheritdoc/>
    public override DetectorKind Kind => DetectorKind.Drift;

    /// <inheritdoc/>
    protected override double Score(in Sample sample, in SeriesView view, in State state)
    {
        if (state.Count < WarmUp || sample.Time - new Timestamp(state.First) < FirstDay) return 0;
        var beyond = state.Old.DistanceTo(Level(sample, state));
        return beyond <= 0 ? 0 : Deviation.Of(beyond, Math.Max(state.Old.Width / 16, view.MinScale), state.Old.Magnitude);
    }

    /// <inheritdoc/>
    protected override void Learn(in Sample sample, in SeriesView view, ref State state)
    {
        if (state.Count == 0) state.First = sample.Time.UnixNanoseconds;
        state.Level = state.Count == 0 ? sample.Value : Level(sample, state);
        state.Now.Add(state.Level);
        if (state.Count < int.MaxValue) state.Count++;
        if (state.Count % Lately == 0) Age(ref state);
    }

    /// <inheritdoc/>
    protected override void Rebase(ref State state)
    {
        Age(ref state);
        Age(ref state);
    }

    private static void Age(ref State state)
    {
        state.Old.Add(state.Before);
        state.Before = state.Now;
        state.Now = default;
    }

    private static double Level(in Sample sample, in State state) => state.Level + (Smoothing * (sample.Value - state.Level));

    /// <summary>What it knows of a series.</summary>
    public struct State
    {
        internal double Level;
        internal ValueRange Old;
        internal ValueRange Before;
        internal ValueRange Now;
        internal long First;
        internal int Count;
    }
}
