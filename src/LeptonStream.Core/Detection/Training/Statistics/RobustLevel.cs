using LeptonStream.State;
using LeptonStream.Statistics;

namespace LeptonStream.Detection.Training.Statistics;

/// <summary>
/// Where the logarithm of a metric usually is, and how far its last rows lie from there. Location is the median of the last 128 rows, scale
/// the larger of 1.4826 MAD and the distance of the 5 % and 95 % quantiles from the median over 1.645, so that heavy tails widen it. The
/// last 17 deviations are kept and judged as medians: a single row, however far, moves none of them.
/// </summary>
/// <param name="least">The smallest scale; in logarithms, so 0.01 is one percent.</param>
internal sealed class RobustLevel(double least)
{
    private const int Window = 128;
    private const int Recent = 17;

    private static readonly TrainingTuning Tuning = TrainingTuning.Default;

    // Rows that are enough for a median and a scale; a resume leaves as many, however far it goes back.
    private const int Enough = 40;
    private static readonly double Clip = Tuning.LevelClip;

    private readonly StepWindow _window = new(Window);
    private readonly double[] _deviations = new double[Recent];
    private readonly double[] _excesses = new double[Recent];
    private int _next;

    public bool IsReady => _window.Count >= Enough;

    /// <summary>The usual logarithm; NaN before the first row.</summary>
    public double Center { get; private set; } = double.NaN;

    public double Scale { get; private set; }

    /// <summary>The deviation of the last row, in scales and as a logarithm of a ratio.</summary>
    public (double Deviation, double Excess) Last => (_deviations[_next], _excesses[_next]);

    /// <summary>The smaller deviation of the last two rows.</summary>
    public (double Deviation, double Excess) Pair =>
        (Math.Min(Back(_deviations, 0), Back(_deviations, 1)), Math.Min(Back(_excesses, 0), Back(_excesses, 1)));

    /// <summary>The median deviation of the last five rows.</summary>
    public (double Deviation, double Excess) Five => (MedianOf(_deviations, 5), MedianOf(_excesses, 5));

    /// <summary>The median deviation of the last 17 rows.</summary>
    public (double Deviation, double Excess) Seventeen => (MedianOf(_deviations, Recent), MedianOf(_excesses, Recent));

    /// <summary>Compares a row with what was learned before it.</summary>
    /// <param name="value">The row's value.</param>
    /// <param name="floor">A smallest scale beside the constant one, for values that are no logarithms.</param>
    public void Judge(double value, double floor = 0)
    {
        _next = _next + 1 == Recent ? 0 : _next + 1;
        if (!IsReady)
        {
            _deviations[_next] = _excesses[_next] = 0;
            Center = _window.Count == 0 ? value : _window.Median;
            return;
        }

        Center = _window.Median;
        var up = (_window.Quantile(0.95) - Center) / MathConstants.Quantile95;
        var down = (Center - _window.Quantile(0.05)) / MathConstants.Quantile95;
        Scale = Math.Max(Math.Max(MathConstants.MadToSigma * _window.MedianAbsoluteDeviation(), value >= Center ? up : down),
            Math.Max(least, floor));
        _excesses[_next] = value - Center;
        _deviations[_next] = (value - Center) / Scale;
    }

    /// <summary>Learns a row; one far out only as far as the edge of the usual.</summary>
    public void Learn(long step, double value) =>
        _window.Push(step, IsReady ? Math.Clamp(value, Center - (Clip * Scale), Center + (Clip * Scale)) : value);

    /// <summary>Takes back the rows from a step on: a resume will show them again.</summary>
    public void Rewind(long step)
    {
        _window.Rewind(step, Enough);
        Forget();
    }

    /// <summary>Begins again at another level.</summary>
    public void Rebase()
    {
        _window.Clear();
        Forget();
    }

    public void Save(StateWriter state)
    {
        _window.Save(state);
        state.Write(_deviations.AsSpan());
        state.Write(_excesses.AsSpan());
        state.Write(_next);
        state.Write(Center);
        state.Write(Scale);
    }

    public void Load(ref StateReader state)
    {
        _window.Load(ref state);
        state.Read(_deviations.AsSpan());
        state.Read(_excesses.AsSpan());
        _next = state.ReadCount(Recent - 1);
        Center = state.ReadDouble();
        Scale = state.ReadDouble();
    }

    private void Forget()
    {
        Array.Clear(_deviations);
        Array.Clear(_excesses);
    }

    private double MedianOf(double[] values, int count)
    {
        Span<double> last = stackalloc double[count];
        for (var i = 0; i < count; i++) last[i] = Back(values, i);
        return Median.Of(last);
    }

    private double Back(double[] values, int back) => values[_next - back < 0 ? _next - back + Recent : _next - back];
}
