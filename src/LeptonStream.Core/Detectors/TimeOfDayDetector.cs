using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LeptonStream.Samples;
using LeptonStream.Statistics;

namespace LeptonStream.Detectors;

/// <summary>
/// How far a value lies outside everything it has shown at this hour of earlier days, in deviations of the series, as the mean over the
/// last six values. For each hour (UTC) an envelope of lowest and highest; every day it shrinks by a twentieth of its half width unless the
/// day renews it. It sees what would be ordinary at another time:
/// a quiet noon, a busy night. Warm-up one day: an hour that was never seen says nothing. O(1), 260 bytes.
/// </summary>
public sealed class TimeOfDayDetector : SeriesDetector<TimeOfDayDetector.State>
{
    /// <summary>Its name in policies, events and docs.</summary>
    public const string RuleName = "time-of-day";

    internal const int Hours = 24;
    private const int Smoothed = 6;
    private static readonly DetectorsTuning Tuning = DetectorsTuning.Default;
    private static readonly float Shrink = Tuning.TimeOfDayShrink;

    // One day widens an envelope by its own width at most, or by so many scales: an incident of that hour must not hide the next. Within an
    // hour, one value by as many scales.
    private static readonly double Widening = Tuning.TimeOfDayWidening;

    /// <inheritdoc/>
    public override string Name => RuleName;

    /// <inheritdoc/>
    public override DetectorKind Kind => DetectorKind.Slow;

    /// <summary>
    /// The range of the values that a series has shown at this hour of other days; null where it was never seen, or where that says little
    /// since all hours are alike.
    /// </summary>
    /// <param name="bytes">Its state.</param>
    /// <param name="time">The time.</param>
    /// <param name="most">The part of the range of all hours that this one may be.</param>
    internal static (double Low, double High)? UsualAt(ReadOnlySpan<byte> bytes, Timestamp time, double most)
    {
        ref readonly var state = ref MemoryMarshal.AsRef<State>(bytes);
        var hour = HourOf(time);
        if (!HasSeen(state, hour)) return null;
        return state.High[hour] - state.Low[hour] > most * RangesOf(bytes).Width ? null : (state.Low[hour], state.High[hour]);
    }

    /// <summary>The ranges of the values that a series has shown at each hour of other days.</summary>
    /// <param name="bytes">Its state.</param>
    internal static HourRanges RangesOf(ReadOnlySpan<byte> bytes)
    {
        ref readonly var state = ref MemoryMarshal.AsRef<State>(bytes);
        return new() { Low = state.Low, High = state.High, Seen = state.Seen };
    }

    /// <summary>
    /// Takes that the values of every hour are so much higher from now on than they were, whatever it has learned of that since.
    /// </summary>
    /// <param name="bytes">Its state.</param>
    /// <param name="were">The ranges that they had; hours that were not seen stay as they are.</param>
    /// <param name="amount">The difference, in the series' unit; finite.</param>
    internal static void Raise(Span<byte> bytes, in HourRanges were, double amount)
    {
        ref var state = ref MemoryMarshal.AsRef<State>(bytes);
        for (var hour = 0; hour < Hours; hour++)
        {
            if ((were.Seen & state.Seen & (1 << hour)) == 0) continue;
            // It keeps its width: a part of the way may be learned already.
            var learned = ((double)state.Low[hour] - were.Low[hour] + state.High[hour] - were.High[hour]) / 2;
            state.Low[hour] = (float)Magnitude.Clamp(state.Low[hour] + amount - learned);
            state.High[hour] = (float)Magnitude.Clamp(state.High[hour] + amount - learned);
        }
    }

    /// <inheritdoc/>
    protected override double Score(in Sample sample, in SeriesView view, in State state)
    {
        if (!HasSeen(state, HourOf(sample.Time))) return NotYet;
        double sum = Outside(sample, view, state);
        for (var back = 1; back < Smoothed; back++) sum += state.Outside[(state.Next + Smoothed - back) % Smoothed];
        return Math.Min(sum / Smoothed, ScaledDifference.Max);
    }

    /// <inheritdoc/>
    protected override void Learn(in Sample sample, in SeriesView view, ref State state)
    {
        state.Outside[state.Next] = Outside(sample, view, state);
        state.Next = (state.Next + 1) % Smoothed;
        var hour = HourOf(sample.Time);
        var value = (float)Magnitude.Clamp(sample.Value);
        var widening = (float)Magnitude.Clamp(Widening * view.MinScale);
        if (hour + 1 != state.OpenHour)
        {
            Close(ref state, widening);
            state.OpenHour = hour + 1;
            state.Lowest = state.Highest = value;
        }
        else
        {
            state.Lowest = Math.Min(state.Lowest, Math.Max(value, state.Lowest - widening));
            state.Highest = Math.Max(state.Highest, Math.Min(value, state.Highest + widening));
        }
    }

    private static float Outside(in Sample sample, in SeriesView view, in State state)
    {
        var hour = HourOf(sample.Time);
        if (!HasSeen(state, hour) || view.MinScale <= 0) return 0;
        var beyond = Math.Max(sample.Value - state.High[hour], state.Low[hour] - sample.Value);
        return beyond <= 0 ? 0 : (float)Math.Min(beyond / view.MinScale, ScaledDifference.Max);
    }

    // The hour that is over joins those of its kind.
    private static void Close(ref State state, float widening)
    {
        if (state.OpenHour == 0) return;
        var hour = state.OpenHour - 1;
        if (!HasSeen(state, hour))
        {
            state.Low[hour] = state.Lowest;
            state.High[hour] = state.Highest;
            state.Seen |= 1 << hour;
            return;
        }

        var width = state.High[hour] - state.Low[hour];
        var most = Math.Max(width, widening);
        var shrink = Shrink * width / 2;
        state.Low[hour] = Math.Min(Math.Max(state.Lowest, state.Low[hour] - most), state.Low[hour] + shrink);
        state.High[hour] = Math.Max(Math.Min(state.Highest, state.High[hour] + most), state.High[hour] - shrink);
    }

    private static bool HasSeen(in State state, int hour) => (state.Seen & (1 << hour)) != 0;

    internal static int HourOf(Timestamp time)
    {
        const long Hour = 3_600_000_000_000;
        var hours = Math.DivRem(time.UnixNanoseconds, Hour, out var rest) - (rest < 0 ? 1 : 0);
        return (int)(((hours % Hours) + Hours) % Hours);
    }

    /// <summary>Its state of one series.</summary>
    public struct State
    {
        internal EveryHour Low;
        internal EveryHour High;
        internal Last Outside;
        internal float Lowest;
        internal float Highest;
        internal int Next;
        internal int Seen;

        // One more than the hour that is under way, so that 0 is none.
        internal int OpenHour;
    }

    /// <summary>One number for each hour of the day.</summary>
    [InlineArray(Hours)]
    public struct EveryHour
    {
        private float _first;
    }

    /// <summary>One number for each of the last values.</summary>
    [InlineArray(Smoothed)]
    public struct Last
    {
        private float _first;
    }
}
