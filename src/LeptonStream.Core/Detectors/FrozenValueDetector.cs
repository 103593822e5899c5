using System.Runtime.InteropServices;
using LeptonStream.Samples;

namespace LeptonStream.Detectors;

/// <summary>
/// A value that stands still where it used to move: a hung exporter, a stuck counter. With p the decayed share of samples that repeat their
/// predecessor, a run of k repeats has the probability p^k under independence; the score is k·(−log₁₀ p), halved because real repeats come
/// in runs, and 0 below twelve repeats or where one sample in twenty repeats anyway. Warm-up 200 samples. O(1), 32 bytes.
/// </summary>
public sealed class FrozenValueDetector : SeriesDetector<FrozenValueDetector.State>
{
    /// <summary>Its name in policies, events and docs.</summary>
    public const string RuleName = "frozen-value";

    // A value at which the series stood so often before, such as nothing at night, is news where it stands so much longer.
    private const int Often = 2;
    private const double Longer = 1.5;

    private static readonly DetectorsTuning Tuning = DetectorsTuning.Default;
    private static readonly int WarmUp = Tuning.FrozenValueWarmUp;
    private static readonly int ShortestRun = Tuning.FrozenValueShortestRun;
    private static readonly double MaxRepeats = Tuning.FrozenValueMaxRepeats;
    private static readonly double MinRepeats = Tuning.FrozenValueMinRepeats;
    private static readonly double Rate = 1 / Tuning.FrozenValueMemory;

    /// <inheritdoc/>
    public override string Name => RuleName;

    /// <inheritdoc/>
    public override DetectorKind Kind => DetectorKind.Rule;

    /// <inheritdoc/>
    public override bool IsOfValues => false;

    /// <inheritdoc/>
    public override Timestamp? Since(ReadOnlySpan<byte> state) => new Timestamp(MemoryMarshal.AsRef<State>(state).Changed);

    /// <inheritdoc/>
    protected override double Score(in Sample sample, in SeriesView view, in State state)
    {
        if (state.Count < WarmUp || sample.Value != state.Last || state.Run + 1 < ShortestRun || state.Repeats > MaxRepeats) return 0;
        if (state.Times >= Often && sample.Value == state.Stood && state.Run + 1 <= Longer * state.Longest) return 0;
        return 0.5 * (state.Run + 1) * -Math.Log10(Math.Max(state.Repeats, MinRepeats));
    }

    /// <inheritdoc/>
    protected override void Learn(in Sample sample, in SeriesView view, ref State state)
    {
        var repeated = state.Count > 0 && sample.Value == state.Last;
        // Once the series is known, a long run is one event, not many: only its first repeats count for the share.
        if (!repeated || state.Run < ShortestRun || state.Count < WarmUp)
            state.Repeats += Math.Max(Rate, 1.0 / (state.Count + 1)) * ((repeated ? 1 : 0) - state.Repeats);
        if (!repeated && state.Run >= ShortestRun) Stand(ref state);
        state.Run = repeated ? state.Run + 1 : 0;
        if (!repeated) state.Changed = sample.Time.UnixNanoseconds;
        state.Last = sample.Value;
        if (state.Count < int.MaxValue) state.Count++;
    }

    private static void Stand(ref State state)
    {
        if (state.Last != state.Stood) (state.Stood, state.Longest, state.Times) = (state.Last, 0, 0);
        state.Longest = Math.Max(state.Longest, state.Run);
        if (state.Times < Often) state.Times++;
    }

    /// <summary>Its state of one series.</summary>
    public struct State
    {
        internal double Last;
        internal double Repeats;
        internal double Stood;
        internal long Changed;
        internal int Run;
        internal int Longest;
        internal int Times;
        internal int Count;
    }
}
