using System.Runtime.InteropServices;
using LeptonStream.Samples;

namespace LeptonStream.Detectors;

/// <summary>
/// A constant that changes for good, whatever its unit: eight GPUs that become four, replicas that go to 0. A value that stood still for 60
/// samples, half an hour and nine tenths of the series' life has another that lasts three samples and 20 seconds, if it differs by three
/// tenths; a smaller difference must last a quarter of the time the constant stood. A value that rises step by step is scaled, not lost.
/// Score 40 decades while it lasts, 0 else. O(1), 72 bytes.
/// </summary>
public sealed class ConstantChangeDetector : SeriesDetector<ConstantChangeDetector.State>
{
    /// <summary>Its name.</summary>
    public const string RuleName = "constant-change";

    private const double Found = 40;
    private static readonly DetectorsTuning Tuning = DetectorsTuning.Default;
    private static readonly int Samples = Tuning.ConstantChangeSamples;
    private static readonly double StoodSeconds = Tuning.ConstantChangeStoodSeconds;
    private static readonly double ShareOfLife = Tuning.ConstantChangeShareOfLife;
    private static readonly double Large = Tuning.ConstantChangeLarge;
    private static readonly int LastsSamples = Tuning.ConstantChangeLastsSamples;
    private static readonly double LastsSeconds = Tuning.ConstantChangeLastsSeconds;
    private static readonly double SmallLasts = Tuning.ConstantChangeSmallLasts;

    /// <inheritdoc/>
    public override string Name => RuleName;

    /// <inheritdoc/>
    public override DetectorKind Kind => DetectorKind.Rule;

    /// <inheritdoc/>
    public override Timestamp? Since(ReadOnlySpan<byte> state) => new Timestamp(MemoryMarshal.AsRef<State>(state).Left);

    /// <inheritdoc/>
    public override double ValueBefore(ReadOnlySpan<byte> state) => MemoryMarshal.AsRef<State>(state).Constant;

    /// <inheritdoc/>
    protected override double Score(in Sample sample, in SeriesView view, in State state)
    {
        if (!state.HasLeft || sample.Value == state.Constant || sample.Value != state.Last) return 0;
        if (state.Run + 1 < LastsSamples || SecondsSince(state.Since, sample.Time) < LastsSeconds) return 0;
        var away = SecondsSince(state.Left, sample.Time);
        var size = Math.Max(Math.Abs(sample.Value), Math.Abs(state.Constant));
        var isLarge = Math.Abs((sample.Value / size) - (state.Constant / size)) >= Large;
        return isLarge || away >= Math.Max(StoodSeconds, SmallLasts * state.StoodSeconds) ? Found : 0;
    }

    /// <inheritdoc/>
    protected override void Learn(in Sample sample, in SeriesView view, ref State state)
    {
        if (state.Count == 0) state.First = state.Since = sample.Time.UnixNanoseconds;
        var isBack = state.HasLeft && sample.Value == state.Constant && SecondsSince(state.Left, sample.Time) <= state.StoodSeconds;
        if (state.HasLeft) Follow(sample, ref state);
        else if (state.Count > 0 && sample.Value != state.Last) Leave(sample, ref state);
        if (sample.Value == state.Last && state.Count > 0) state.Run++;
        else (state.Run, state.Since) = (1, sample.Time.UnixNanoseconds);
        // It stands there as long as before: one that was away for a while is no less constant.
        if (isBack) (state.Run, state.Since) = (Samples, sample.Time.UnixNanoseconds - (long)(state.StoodSeconds * 1e9));
        state.Last = sample.Value;
        if (state.Count < int.MaxValue) state.Count++;
    }

    private static void Leave(in Sample sample, ref State state)
    {
        var stood = SecondsSince(state.Since, sample.Time);
        if (state.Run < Samples || stood < StoodSeconds || stood < ShareOfLife * SecondsSince(state.First, sample.Time)) return;
        (state.Constant, state.StoodSeconds, state.Left, state.HasLeft) = (state.Last, stood, sample.Time.UnixNanoseconds, true);
    }

    // A value that was away for as long as it stood belongs to another series by now, and one that goes on rising is scaled by somebody.
    private static void Follow(in Sample sample, ref State state)
    {
        var rises = sample.Value > state.Last && state.Last > state.Constant;
        if (rises || sample.Value == state.Constant || SecondsSince(state.Left, sample.Time) > state.StoodSeconds) state.HasLeft = false;
    }

    private static double SecondsSince(long nanoseconds, Timestamp now) => (now - new Timestamp(nanoseconds)).TotalSeconds;

    /// <summary>Its state of one series.</summary>
    public struct State
    {
        internal long First;
        internal long Since;
        internal long Left;
        internal double Last;
        internal double Constant;
        internal double StoodSeconds;
        internal int Count;
        internal int Run;
        internal bool HasLeft;
    }
}
