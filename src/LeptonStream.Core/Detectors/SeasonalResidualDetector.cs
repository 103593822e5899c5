using System.Runtime.CompilerServices;
using LeptonStream.Samples;
using LeptonStream.Statistics;

namespace LeptonStream.Detectors;

/// <summary>
/// How far a value lies from what is usual at this half-hour of the day (UTC), in deviations that are usual at this half-hour: |x − c −
/// w|/d. Every day the mean of a half-hour moves its centre c and its mean absolute deviation its scale d, both by a seventh and cut at
/// three scales, so that an incident of one day leaves little; w is a weighted mean over a day of how far half-hours lay from their
/// centres, the wander of the series. Seasonal and median decomposition with robust scales in the manner of O. Vallis, J. Hochenbaum and A.
/// Kejariwal, HotCloud 2014, as a stream. Unlike a forecast it does not follow an incident, unlike an envelope it knows the quiet hours
/// from the loud ones. Warm-up two days: a half-hour that was seen on less than two earlier days says nothing. O(1), 472 bytes.
/// </summary>
public sealed class SeasonalResidualDetector : SeriesDetector<SeasonalResidualDetector.State>
{
    /// <summary>Its name in policies, events and docs.</summary>
    public const string RuleName = "seasonal-residual";

    private const int Slots = 48;
    private const long SlotNanoseconds = 1_800_000_000_000;
    private static readonly DetectorsTuning Tuning = DetectorsTuning.Default;
    private static readonly int WarmUpDays = Tuning.SeasonalResidualWarmUpDays;
    private static readonly double Rate = 1 / Tuning.SeasonalResidualMemoryDays;
    private const double WanderRate = 1.0 / Slots;
    private static readonly double Cut = Tuning.SeasonalResidualCut;

    /// <inheritdoc/>
    public override string Name => RuleName;

    /// <inheritdoc/>
    public override DetectorKind Kind => DetectorKind.Sharp;

    /// <inheritdoc/>
    protected override double Score(in Sample sample, in SeriesView view, in State state)
    {
        var slot = SlotOf(sample.Time);
        if (state.Days[slot] < WarmUpDays) return 0;
        var expected = state.Center[slot] + state.Wander;
        var scale = Math.Max(MathConstants.AbsoluteToSigma * state.Spread[slot], view.MinScale);
        return ScaledDifference.Of(Offset(sample, state) - expected, scale, state.Anchor + expected);
    }

    /// <inheritdoc/>
    protected override void Learn(in Sample sample, in SeriesView view, ref State state)
    {
        var slot = SlotOf(sample.Time);
        if (slot + 1 != state.OpenSlot)
        {
            if (state.OpenSlot == 0) state.Anchor = sample.Value;
            else Close(ref state);
            state.OpenSlot = slot + 1;
            state.Sum = state.Deviations = 0;
            state.Count = 0;
        }

        var offset = Offset(sample, state);
        var center = state.Days[slot] > 0 ? state.Center[slot] + state.Wander : state.Count > 0 ? state.Sum / state.Count : offset;
        state.Sum += offset;
        state.Deviations += Math.Abs(offset - center);
        state.Count++;
    }

    /// <inheritdoc/>
    protected override void Rebase(ref State state) => state = default;

    // The half-hour that is over joins those of its kind.
    private static void Close(ref State state)
    {
        var slot = state.OpenSlot - 1;
        var mean = state.Sum / state.Count;
        var deviation = state.Deviations / state.Count;
        if (state.Days[slot] == 0)
        {
            state.Center[slot] = (float)(mean - state.Wander);
            state.Spread[slot] = (float)deviation;
            state.Days[slot] = 1;
            return;
        }

        var rate = Math.Max(Rate, 1.0 / (state.Days[slot] + 1));
        double spread = state.Spread[slot];
        var residual = mean - state.Center[slot] - state.Wander;
        if (spread > 0)
        {
            residual = Math.Clamp(residual, -Cut * spread, Cut * spread);
            deviation = Math.Min(deviation, Cut * spread);
        }

        state.Center[slot] += (float)(rate * residual);
        state.Spread[slot] += (float)(rate * (deviation - spread));
        state.Wander += WanderRate * (1 - rate) * residual;
        if (state.Days[slot] < byte.MaxValue) state.Days[slot]++;
    }

    // Centres are differences from the first value, which must stay finite in 32 bits and when added up.
    private static double Offset(in Sample sample, in State state) =>
        Math.Clamp(sample.Value - state.Anchor, -Magnitude.Max, Magnitude.Max);

    private static int SlotOf(Timestamp time)
    {
        var slots = Math.DivRem(time.UnixNanoseconds, SlotNanoseconds, out var rest) - (rest < 0 ? 1 : 0);
        return (int)(((slots % Slots) + Slots) % Slots);
    }

    /// <summary>Its state of one series.</summary>
    public struct State
    {
        internal double Anchor;
        internal double Wander;
        internal double Sum;
        internal double Deviations;
        internal int Count;

        // One more than the half-hour that is under way, so that 0 is none.
        internal int OpenSlot;
        internal EverySlot Center;
        internal EverySlot Spread;
        internal EveryCount Days;
    }

    /// <summary>One number for each half-hour of the day.</summary>
    [InlineArray(Slots)]
    public struct EverySlot
    {
        private float _first;
    }

    /// <summary>One count for each half-hour of the day.</summary>
    [InlineArray(Slots)]
    public struct EveryCount
    {
        private byte _first;
    }
}
