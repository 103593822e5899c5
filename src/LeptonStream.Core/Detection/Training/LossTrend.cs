using LeptonStream.State;

namespace LeptonStream.Detection.Training;

/// <summary>
/// The loss that creeps up: the mean of the last three blocks of 16 rows against the lowest mean of three among the last 64 blocks.
/// The line is 15 %, and twelve standard errors as told by the differences between neighbouring blocks.
/// </summary>
internal sealed class LossTrend
{
    private const int Rows = 16;
    private const int Enough = 10;
    private const double LeastError = 0.003;
    private const double Errors = 12;
    private static readonly double Line = Math.Log(1.15);

    private readonly StepBlocks _blocks = new(Rows);
    private double _score;

    /// <summary>The score after this row; it changes when a block ends.</summary>
    public double Judge(long step, double log)
    {
        if (_blocks.Push(step, log)) _score = Score();
        return _score;
    }

    public void Rewind(long step)
    {
        _blocks.Rewind(step);
        _score = 0;
    }

    public void Rebase()
    {
        _blocks.Clear();
        _score = 0;
    }

    public void Save(StateWriter state)
    {
        _blocks.Save(state);
        state.Write(_score);
    }

    public void Load(ref StateReader state)
    {
        _blocks.Load(ref state);
        _score = state.ReadDouble();
    }

    private double Score()
    {
        if (_blocks.Count < Enough) return 0;
        var lowest = double.PositiveInfinity;
        for (var back = 3; back + 2 < _blocks.Count; back++) lowest = Math.Min(lowest, Three(back));
        return Math.Max(0, Three(0) - lowest) / Math.Max(Line, Errors * Error());
    }

    private double Three(int back) => (_blocks[back] + _blocks[back + 1] + _blocks[back + 2]) / 3;

    // A jump is one difference among many: the median does not see it. √2: a difference has two errors; √3: a mean of three.
    private double Error()
    {
        Span<double> differences = stackalloc double[StepBlocks.Capacity];
        var count = 0;
        for (var back = 3; back + 1 < _blocks.Count; back++) differences[count++] = Math.Abs(_blocks[back] - _blocks[back + 1]);
        differences = differences[..count];
        differences.Sort();
        return Math.Max(LeastError, 1.4826 * differences[count / 2] / Math.Sqrt(6));
    }
}
