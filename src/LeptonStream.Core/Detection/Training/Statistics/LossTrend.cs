using LeptonStream.State;
using LeptonStream.Statistics;

namespace LeptonStream.Detection.Training.Statistics;

/// <summary>
/// The loss that creeps up, from medians of blocks of 16 rows. Creep: the last three but the highest against the lowest mean of three among
/// the last 64 blocks; the line is twelve standard errors as estimated by the differences between neighbours, for the lowest of many is low
/// by chance. Shift: the last four but the highest against the eight before; the line is 5 standard errors as estimated by the scale of
/// single rows. Both are at least 15 %.
/// </summary>
internal sealed class LossTrend
{
    private const int Rows = 16;
    private const int Enough = 10;
    private static readonly TrainingTuning Tuning = TrainingTuning.Default;
    private static readonly double MinError = Tuning.CreepMinError;
    private static readonly double Errors = Tuning.CreepErrors;
    private const int Lately = 4;
    private const int Before = 8;

    // 5 errors of a difference: a median of n rows has 1.1 times the error of a mean of n (blocks of 16 of them averaged), 64 rows against
    // 128.
    private const double ShiftScales = 5 * 1.1 * 0.153;
    private static readonly double Line = Math.Log(1 + Tuning.CreepLeast);

    // Neighbouring blocks that are further apart than tenfold are no level that the loss could have risen from, but values that were no
    // losses.
    private static readonly double WidestLevel = Math.Log(10);

    private readonly StepBlocks _blocks = new(Rows);

    private static readonly double PlateauLine = Tuning.PlateauLine;

    // Losses fall with the logarithm of the step: in a long run the last rows are too small a part of it to show a fall, and prove no
    // plateau.
    private static readonly double MinDoublings = Tuning.PlateauMinDoublings;

    private double _score;

    // Held while an alert is open, for the blocks learn the new level.
    private Baseline _baseline = new(0, Line);
    private bool _isFrozen;

    /// <summary>
    /// How surely the loss stands still: 1 where its fall from one 512 rows to the next, and two standard errors, are 1 %. Needs 1,024 rows
    /// that are a fifth of the run's steps or so; else 0.
    /// </summary>
    public double Plateau { get; private set; }

    /// <summary>The score after this row; it changes when a block ends.</summary>
    /// <param name="step">The row's step.</param>
    /// <param name="log">The logarithm of its loss.</param>
    /// <param name="scale">The usual scale of such logarithms.</param>
    public double Judge(long step, double log, double scale)
    {
        if (!_blocks.Push(step, log)) return _score;
        if (!_isFrozen) Compare(scale);
        else if (_blocks.Count >= 3) _score = _baseline.Score(Newest(3));
        Plateau = Stillness();
        return _score;
    }

    /// <summary>Compares with the same level as now until further notice.</summary>
    public void Freeze(bool isFrozen) => _isFrozen = isFrozen;

    public void Rewind(long step)
    {
        _blocks.Rewind(step);
        _score = Plateau = 0;
    }

    public void Rebase()
    {
        _blocks.Clear();
        _isFrozen = false;
        _score = Plateau = 0;
    }

    public void Save(StateWriter state)
    {
        _blocks.Save(state);
        state.Write(_baseline.Level);
        state.Write(_baseline.Line);
        state.Write(_isFrozen);
        state.Write(_score);
        state.Write(Plateau);
    }

    public void Load(ref StateReader state)
    {
        _blocks.Load(ref state);
        _baseline = new(state.ReadDouble(), state.ReadDouble());
        _isFrozen = state.ReadBoolean();
        _score = state.ReadDouble();
        Plateau = state.ReadDouble();
    }

    private void Compare(double scale)
    {
        var (creep, shift) = (Creep(), Shift(scale));
        var (creepScore, shiftScore) = (creep?.Score(Newest(3)) ?? 0, shift?.Score(Newest(Lately)) ?? 0);
        _score = Math.Max(creepScore, shiftScore);
        _baseline = (shiftScore > creepScore ? shift : creep) ?? _baseline;
    }

    private Baseline? Shift(double scale)
    {
        if (_blocks.Count < Lately + Before) return null;
        double before = 0;
        for (var back = Lately; back < Lately + Before; back++) before += _blocks[back] / Before;
        return new(before, Math.Max(Line, ShiftScales * scale));
    }

    private Baseline? Creep()
    {
        if (_blocks.Count < Enough) return null;
        var line = Math.Max(Line, Errors * Error());
        var lowest = double.PositiveInfinity;
        for (var back = 3; back + 2 < _blocks.Count; back++)
            if (SpreadOf(back, 3) <= Math.Max(WidestLevel, line)) lowest = Math.Min(lowest, Three(back));
        return new(lowest, line);
    }

    private double Stillness()
    {
        if (_blocks.Count < StepBlocks.Capacity) return 0;
        const int Half = StepBlocks.Capacity / 2;
        double newer = 0, older = 0;
        for (var back = 0; back < Half; back++)
        {
            newer += _blocks[back] / Half;
            older += _blocks[back + Half] / Half;
        }

        var doublings = Math.Log2(Math.Max(1, _blocks.EndOf(Half / 2)) / Math.Max(1.0, _blocks.EndOf(Half + (Half / 2))));
        // Error() is that of a mean of three blocks.
        return doublings < MinDoublings ? 0 : PlateauLine / (Math.Max(0, older - newer) + (2 * Error() * Math.Sqrt(3.0 / Half)));
    }

    // One block of bad batches is a spike and no level: the highest of the last blocks does not count.
    private double Newest(int count)
    {
        double sum = 0, highest = double.NegativeInfinity;
        for (var back = 0; back < count; back++)
        {
            sum += _blocks[back];
            highest = Math.Max(highest, _blocks[back]);
        }

        return (sum - highest) / (count - 1);
    }

    private double SpreadOf(int back, int count)
    {
        double lowest = double.PositiveInfinity, highest = double.NegativeInfinity;
        for (var i = back; i < back + count; i++)
        {
            lowest = Math.Min(lowest, _blocks[i]);
            highest = Math.Max(highest, _blocks[i]);
        }

        return highest - lowest;
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
        return Math.Max(MinError, MathConstants.MadToSigma * differences[count / 2] / Math.Sqrt(6));
    }

    // The level that newer blocks are compared with, and how far above it the line is.
    private readonly record struct Baseline(double Level, double Line)
    {
        public double Score(double newest) => Math.Max(0, newest - Level) / Line;
    }
}
