using System.Runtime.CompilerServices;
using LeptonStream.Detectors.Forest;
using LeptonStream.Samples;
using LeptonStream.Statistics;

namespace LeptonStream.Detectors;

/// <summary>
/// How badly a small network that has learned to retell the last sixteen values from four numbers retells them now: the root mean square
/// difference, in deviations of the series. One hidden layer of four soft signs, x/(1 + |x|), a linear output, one step of gradient descent
/// (rate 0.02) a sample after it was scored; the weights begin from a seed. Autoencoders for novelty after N. Japkowicz, C. Myers and M.
/// Gluck, IJCAI 1995. It sees a course whose values, neighbours and hour are each ordinary but which does not hang together. Warm-up 240
/// samples. Three passes of 128 products a sample, 616 bytes.
/// </summary>
public sealed class AutoencoderDetector : SeriesDetector<AutoencoderDetector.State>
{
    /// <summary>Its name in policies, events and docs.</summary>
    public const string RuleName = "autoencoder";

    private const int Inputs = 16;
    private const int Hidden = 4;
    private static readonly DetectorsTuning Tuning = DetectorsTuning.Default;
    private static readonly int WarmUp = Tuning.AutoencoderWarmUp;
    private static readonly double Rate = 1 / Tuning.AutoencoderMemory;
    private static readonly float Step = Tuning.AutoencoderStep;

    // One value, however far, must not spoil the weights.
    private static readonly double Reach = Tuning.AutoencoderReach;
    private static readonly float[] First = Draw();

    /// <inheritdoc/>
    public override string Name => RuleName;

    /// <inheritdoc/>
    public override DetectorKind Kind => DetectorKind.Sharp;

    /// <inheritdoc/>
    public override bool IsOfValues => false;

    /// <inheritdoc/>
    protected override double Score(in Sample sample, in SeriesView view, in State state)
    {
        if (state.Trained < WarmUp) return 0;
        Span<float> course = stackalloc float[Inputs];
        if (!CourseOf(sample, view, state, course)) return 0;
        Span<float> hidden = stackalloc float[Hidden];
        Span<float> wrong = stackalloc float[Inputs];
        Retell(state.Weights, course, hidden, wrong);
        double squares = 0;
        foreach (var difference in wrong) squares += (double)difference * difference;
        return Math.Min(Math.Sqrt(squares / Inputs), ScaledDifference.Max);
    }

    /// <inheritdoc/>
    protected override void Learn(in Sample sample, in SeriesView view, ref State state)
    {
        Span<float> course = stackalloc float[Inputs];
        if (CourseOf(sample, view, state, course))
        {
            if (state.Trained == 0) First.CopyTo(state.Weights);
            Train(state.Weights, course);
            if (state.Trained < int.MaxValue) state.Trained++;
        }

        state.Level.Learn(sample.Value, Rate, state.Count);
        if (state.Count < int.MaxValue) state.Count++;
    }

    /// <inheritdoc/>
    protected override void Rebase(ref State state) => state = default;

    private static bool CourseOf(in Sample sample, in SeriesView view, in State state, Span<float> course)
    {
        var scale = Math.Max(state.Level.Sigma, view.MinScale);
        if (view.Window.Count < Inputs - 1 || scale <= 0) return false;
        for (var i = 0; i < Inputs; i++)
        {
            var value = i == 0 ? sample.Value : view.Window[i - 1];
            course[i] = (float)Math.Clamp((value - state.Level.Mean) / scale, -Reach, Reach);
        }

        return true;
    }

    // For each hidden number its weights in, its weights out and its bias; then the biases of the outputs.
    private static ReadOnlySpan<float> In(ReadOnlySpan<float> weights, int hidden) => weights.Slice(hidden * Inputs, Inputs);

    private static ReadOnlySpan<float> Out(ReadOnlySpan<float> weights, int hidden) => weights.Slice((Hidden + hidden) * Inputs, Inputs);

    private static void Retell(ReadOnlySpan<float> weights, ReadOnlySpan<float> course, Span<float> hidden, Span<float> wrong)
    {
        weights.Slice(2 * Hidden * Inputs, Inputs).CopyTo(wrong);
        for (var h = 0; h < Hidden; h++)
        {
            var sum = weights[(((2 * Hidden) + 1) * Inputs) + h];
            var into = In(weights, h);
            for (var i = 0; i < Inputs; i++) sum += into[i] * course[i];
            // A hyperbolic tangent may differ in its last bit from machine to machine; this cannot.
            hidden[h] = sum / (1 + Math.Abs(sum));
            var outOf = Out(weights, h);
            for (var i = 0; i < Inputs; i++) wrong[i] += outOf[i] * hidden[h];
        }

        for (var i = 0; i < Inputs; i++) wrong[i] -= course[i];
    }

    private static void Train(Span<float> weights, ReadOnlySpan<float> course)
    {
        Span<float> hidden = stackalloc float[Hidden];
        Span<float> wrong = stackalloc float[Inputs];
        Retell(weights, course, hidden, wrong);
        for (var h = 0; h < Hidden; h++)
        {
            float back = 0;
            var outOf = weights.Slice((Hidden + h) * Inputs, Inputs);
            for (var i = 0; i < Inputs; i++)
            {
                back += outOf[i] * wrong[i];
                outOf[i] = Bounded(outOf[i] - (Step * wrong[i] * hidden[h]));
            }

            var slope = (1 - Math.Abs(hidden[h])) * (1 - Math.Abs(hidden[h]));
            var into = weights.Slice(h * Inputs, Inputs);
            for (var i = 0; i < Inputs; i++) into[i] = Bounded(into[i] - (Step * back * slope * course[i]));
            ref var bias = ref weights[(((2 * Hidden) + 1) * Inputs) + h];
            bias = Bounded(bias - (Step * back * slope));
        }

        var biases = weights.Slice(2 * Hidden * Inputs, Inputs);
        for (var i = 0; i < Inputs; i++) biases[i] = Bounded(biases[i] - (Step * wrong[i]));
    }

    private static float Bounded(float weight) => Math.Clamp(weight, -10, 10);

    private static float[] Draw()
    {
        var random = new SplitMix64(0x4175_746F_656E_6331);
        var weights = new float[(((2 * Hidden) + 1) * Inputs) + Hidden];
        for (var i = 0; i < 2 * Hidden * Inputs; i++) weights[i] = (float)(random.Unit() - 0.5);
        return weights;
    }

    /// <summary>Its state of one series.</summary>
    public struct State
    {
        internal WeightedLevel Level;
        internal int Count;
        internal int Trained;
        internal Network Weights;
    }

    /// <summary>The weights, 16 to 4 and back, and the biases.</summary>
    [InlineArray((((2 * Hidden) + 1) * Inputs) + Hidden)]
    public struct Network
    {
        private float _first;
    }
}
