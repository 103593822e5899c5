using LeptonStream.Samples;
using LeptonStream.Statistics;

namespace LeptonStream.Detectors;

/// <summary>
/// How far the series, smoothed over a few samples (ℓ ← ℓ + (x − ℓ)/4), lies outside everything it has shown until lately, in
/// sixteenths of that range; 0 inside it. The last 120 to 240 samples don't count, else a slow leak would be measured against itself a
/// moment ago. Record statistics: among n exchangeable samples the next is a new extreme with probability 2/(n+1), so on an old series a
/// new extreme is news by itself. It sees slow leaks that every window follows. Warm-up a day and 60 samples: in its first day a series
/// shows new extremes all the time. O(1), 96 bytes.
/// </summary>
public sealed class NewExtremeDetector : SeriesDetector<NewExtremeDetector.State>
{
    /// <summary>Its name in policies, events and docs.</summary>
    public const string RuleName = "new-extreme";

    private static readonly DetectorsTuning Tuning = DetectorsTuning.Default;
    private static readonly int WarmUp = Tuning.NewExtremeWarmUp;
    private static readonly double Smoothing = Tuning.NewExtremeSmoothing;
    private static readonly int Lately = Tuning.NewExtremeLately;

    // So many least scales outside it, a level is an event of its own; among the first two stretches all count.
    private static readonly double Reach = Tuning.NewExtremeReach;
    private static readonly int Settled = 2 * Lately;
    private static readonly TimeSpan FirstDay = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    public override string Name => RuleName;

    /// <inheritdoc/>
    public override DetectorKind Kind => DetectorKind.Drift;

    /// <inheritdoc/>
    protected override double Score(in Sample sample, in SeriesView view, in State state)
    {
        if (state.Count < WarmUp || sample.Time - new Timestamp(state.First) < FirstDay) return 0;
        var beyond = state.Old.DistanceTo(Level(sample, state), sample.Time);
        return beyond <= 0 ? 0 : ScaledDifference.Of(beyond, Math.Max(state.Old.Width / 16, view.MinScale), state.Old.LargestMagnitude);
    }

    /// <inheritdoc/>
    protected override void Learn(in Sample sample, in SeriesView view, ref State state)
    {
        if (state.Count == 0) state.First = sample.Time.UnixNanoseconds;
        state.Level = state.Count == 0 ? sample.Value : Level(sample, state);
        state.Now.Add(state.Level);
        if (state.Count < int.MaxValue) state.Count++;
        if (state.Count % Lately == 0)
            Age(ref state, state.Count <= Settled ? double.PositiveInfinity : Reach * view.MinScale, sample.Time);
    }

    /// <inheritdoc/>
    protected override void Rebase(ref State state)
    {
        // The level is accepted: what it took to come here is ordinary from now on.
        Age(ref state, double.PositiveInfinity, default);
        Age(ref state, double.PositiveInfinity, default);
    }

    private static void Age(ref State state, double reach, Timestamp now)
    {
        state.Old.Add(state.Before, reach, now);
        state.Before = state.Now;
        state.Now = default;
    }

    private static double Level(in Sample sample, in State state) => state.Level + (Smoothing * (sample.Value - state.Level));

    /// <summary>Its state of one series.</summary>
    public struct State
    {
        internal double Level;
        internal RecurringRange Old;
        internal ValueRange Before;
        internal ValueRange Now;
        internal long First;
        internal int Count;
    }
}
