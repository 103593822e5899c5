using LeptonStream.Detection.Training.Statistics;
using LeptonStream.State;

namespace LeptonStream.Detection.Training.Rules;

/// <summary>
/// Steps that have been getting slower, detected in two ways from blocks of 32 rows. Level: the last four against the best eight in a row
/// since the run, the batch or the host changed, line 42 %; neighbours on a machine cost up to a third for some hundred rows. Trend: over
/// 32 blocks the rise from the first four to the last four, times Kendall's τ (M. G. Kendall, Biometrika 30, 1938), line 15 %; a neighbour
/// is a step up or a bump and has a low τ, a node that slows down rises all the time.
/// </summary>
internal sealed class PaceDrift
{
    private const int Rows = 32;
    private const int Lately = 4;
    private const int Sustained = 8;
    private const int TrendBlocks = 32;
    private static readonly TrainingTuning Tuning = TrainingTuning.Default;
    private static readonly double TrendLine = Tuning.DriftTrendLine;
    private static readonly double LevelLine = Math.Log(1 + Tuning.DriftLevelLine);

    private readonly StepBlocks _blocks = new(Rows);
    private double _score;

    /// <summary>The best sustained logarithm of a step's duration.</summary>
    public double Best { get; private set; } = double.NaN;

    /// <summary>The score after this row; it changes when a block ends.</summary>
    public double Judge(long step, double log)
    {
        if (_blocks.Push(step, log)) _score = Score();
        return _score;
    }

    public void Rebase()
    {
        _blocks.Clear();
        _score = 0;
        Best = double.NaN;
    }

    public void Save(StateWriter state)
    {
        _blocks.Save(state);
        state.Write(_score);
        state.Write(Best);
    }

    public void Load(ref StateReader state)
    {
        _blocks.Load(ref state);
        _score = state.ReadDouble();
        Best = state.ReadDouble();
    }

    private double Score()
    {
        if (_blocks.Count < Sustained + Lately) return 0;
        var best = MeanOf(Lately, Sustained);
        for (var back = Lately + 1; back + Sustained <= _blocks.Count; back++) best = Math.Min(best, MeanOf(back, Sustained));
        // The blocks remember 2,048 rows; the best pace is remembered longer.
        Best = double.IsNaN(Best) ? best : Math.Min(Best, best);
        return Math.Max((MeanOf(0, Lately) - Best) / LevelLine, Trend() / TrendLine);
    }

    private double Trend()
    {
        if (_blocks.Count < TrendBlocks) return 0;
        var rise = MeanOf(0, Lately) - MeanOf(TrendBlocks - Lately, Lately);
        if (rise <= 0) return 0;
        var concordance = 0;
        for (var older = 1; older < TrendBlocks; older++)
            for (var newer = 0; newer < older; newer++) concordance += Math.Sign(_blocks[newer] - _blocks[older]);
        return rise * Math.Max(0, concordance) / (TrendBlocks * (TrendBlocks - 1) / 2);
    }

    private double MeanOf(int back, int count)
    {
        double sum = 0;
        for (var i = back; i < back + count; i++) sum += _blocks[i];
        return sum / count;
    }
}
