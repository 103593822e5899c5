using LeptonStream.State;

namespace LeptonStream.Detection.Training.Statistics;

/// <summary>
/// Distinguishes a learning rate that jumps above everything before it from a schedule: schedules rise step by step, and restart where
/// they once were. What stays above is above until it is accepted.
/// </summary>
internal sealed class RateMeter
{
    private static readonly TrainingTuning Tuning = TrainingTuning.Default;
    private static readonly double Jump = Tuning.RateJumpTimes;
    private static readonly double Margin = 1 + Tuning.RateMargin;

    private int _rowsAbove;

    public double Last { get; private set; } = double.NaN;

    public double Highest { get; private set; }

    /// <summary>Distance above, in units of the highest and a margin; 0 where it is not above.</summary>
    public double Above { get; private set; }

    public bool IsAbove => _rowsAbove > 0;

    /// <summary>Whether the row before was above and this one is back.</summary>
    public bool WasAbove { get; private set; }

    public void Observe(double rate, bool mayJudge)
    {
        var above = rate > Margin * Highest && (IsAbove || (mayJudge && rate > Jump * Last));
        WasAbove = IsAbove && !above;
        _rowsAbove = above ? _rowsAbove + 1 : 0;
        Above = above ? rate / (Margin * Highest) : 0;
        if (!above) Highest = Math.Max(Highest, rate);
        Last = rate;
    }

    /// <summary>Takes the rate as it is for the schedule's from the next row on.</summary>
    public void Accept()
    {
        Highest = Math.Max(Highest, Last);
        _rowsAbove = 0;
    }

    public void Save(StateWriter state)
    {
        state.Write(Last);
        state.Write(Highest);
        state.Write(_rowsAbove);
        state.Write(Above);
        state.Write(WasAbove);
    }

    public void Load(ref StateReader state)
    {
        Last = state.ReadDouble();
        Highest = state.ReadDouble();
        _rowsAbove = state.ReadCount(int.MaxValue - 1);
        Above = state.ReadDouble();
        WasAbove = state.ReadBoolean();
    }
}
