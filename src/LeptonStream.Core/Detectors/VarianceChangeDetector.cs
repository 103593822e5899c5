using LeptonStream.Samples;

namespace LeptonStream.Detectors;

/// <summary>VC</summary>
public sealed class VarianceChangeDetector : SeriesDetector<VarianceChangeDetector.State>
{
    private const int WarmUp = 120;
    private const double Local = 0.3;
    private const double Short = 1.0 / 24;
    private const double Long = 1.0 / 1000;
    private const double Most = 10;
    private const double Floor = 0.1;
    private const int Square = 0;
    private const double Dead = 0;

    /// <inheritdoc/>
    public override string Name => "variance-change";

    /// <inheritdoc/>
    public override DetectorKind Kind => DetectorKind.Slow;

    /// <inheritdoc/>
    protected override double Score(in Sample sample, in SeriesView view, in State state)
    {
        if (state.Count < WarmUp || view.LeastScale <= 0) return 0;
        var e = Err(sample, view, state);
        var recent = state.Recent + Short * (e - state.Recent);
        var f = Square == 1 ? Floor * Floor * view.LeastScale * view.LeastScale : Floor * view.LeastScale;
        return 5 * Math.Max(0, Math.Abs(Math.Log((recent + f) / (state.Usual + f))) - Dead);
    }

    private static double Err(in Sample sample, in SeriesView view, in State state)
    {
        var e = Math.Min(Math.Abs(sample.Value - state.Mean), state.Usual > 0 ? Most * (Square == 1 ? Math.Sqrt(state.Usual) : state.Usual) : 1e100);
        return Square == 1 ? e * e : e;
    }

    /// <inheritdoc/>
    protected override void Learn(in Sample sample, in SeriesView view, ref State state)
    {
        if (state.Count == 0) state.Mean = sample.Value;
        else
        {
            var e = Err(sample, view, state);
            state.Recent += Math.Max(Short, 1.0 / state.Count) * (e - state.Recent);
            state.Usual += Math.Max(Long, 1.0 / state.Count) * (e - state.Usual);
            state.Mean += Local * (sample.Value - state.Mean);
        }
        if (state.Count < int.MaxValue) state.Count++;
    }

    /// <inheritdoc/>
    protected override void Rebase(ref State state) => state = default;

    /// <summary>What it knows of a series.</summary>
    public struct State
    {
        internal double Mean;
        internal double Recent;
        internal double Usual;
        internal int Count;
    }
}
