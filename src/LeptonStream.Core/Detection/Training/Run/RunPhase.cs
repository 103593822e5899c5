using LeptonStream.Detection.Training.Statistics;
using LeptonStream.State;

namespace LeptonStream.Detection.Training;

/// <summary>The phase of a run: warm-up, resume, and the declared changes after which the old normal says nothing.</summary>
internal sealed class RunPhase(TrainingPolicy policy)
{
    private static readonly TrainingTuning Tuning = TrainingTuning.Default;
    private static readonly double RateJump = 1 + Tuning.RateChange;
    private static readonly double RateRising = 1 + Tuning.RateRising;
    private static readonly double RateMemory = 1 / Tuning.RateMemory;
    private static readonly int RowsAfterRise = Tuning.RowsAfterRise;
    private static readonly int SparseStride = Tuning.SparseStride;

    // A resume from the first fifth of a run is a new run under the old name.
    private static readonly double StartsOverBelow = Tuning.StartsOverBelow;

    private readonly WorkMeter _work = new();
    private readonly RateMeter _rate = new();
    private long _firstStep;
    private long _highestStep;
    private double _stage = double.NaN;
    private double _batch = double.NaN;
    private double _smoothRate = double.NaN;
    private int _rows;
    private int _sinceRising;

    /// <summary>The step of the row before; <see cref="long.MinValue"/> before the first.</summary>
    public long LastStep { get; private set; } = long.MinValue;

    /// <summary>Steps since the row before; 1 on the first row and on a resume.</summary>
    public long StepDelta { get; private set; } = 1;

    /// <summary>The usual number of steps between two rows.</summary>
    public long Stride { get; private set; } = 1;

    /// <summary>Whether a row stands for so many steps that one alone is evidence.</summary>
    public bool IsSparse => Stride >= SparseStride;

    public bool IsResume { get; private set; }

    /// <summary>Whether the run starts over under its old name.</summary>
    public bool StartsOver { get; private set; }

    /// <summary>Whether enough was seen to judge by.</summary>
    public bool IsWarm { get; private set; }

    /// <summary>Another stage of data was declared on this row.</summary>
    public bool StageChanged { get; private set; }

    /// <summary>The batch has another size since a few rows, declared or seen by throughput times duration.</summary>
    public bool WorkChanged { get; private set; }

    /// <summary>The learning rate jumped on this row as schedules jump: down, or up to where it was before.</summary>
    public bool RateChanged { get; private set; }

    /// <summary>Jump of the learning rate above all its earlier values, as a score; 0 where there was none.</summary>
    public double RateAbove => _rate.Above;

    /// <summary>The highest learning rate so far.</summary>
    public double HighestRate => _rate.Highest;

    /// <summary>Rows since the last declared change of stage, batch or learning rate.</summary>
    public int SinceChange { get; private set; } = int.MaxValue;

    /// <summary>
    /// Whether another pace is to be expected from this row on: another host, another batch, or other data of unknown size.
    /// </summary>
    public bool PaceChanged => IsResume || WorkChanged || (StageChanged && !_work.IsKnown);

    /// <summary>Whether this row begins another normal.</summary>
    public bool IsBreak => StageChanged || WorkChanged || RateChanged;

    /// <summary>
    /// Whether what was learned says nothing from this row on. An open alert outlives a learning rate that somebody turned down because of
    /// it.
    /// </summary>
    /// <param name="isOpen">Whether an alert is open.</param>
    public bool BreaksFrom(bool isOpen) => StageChanged || WorkChanged || (RateChanged && !isOpen);

    /// <summary>Takes a row in.</summary>
    public void Observe(TrainingRow row)
    {
        var isFirst = LastStep == long.MinValue;
        if (isFirst) _firstStep = row.Step;
        IsResume = !isFirst && row.Step < LastStep;
        StartsOver = IsResume && row.Step - _firstStep < StartsOverBelow * (_highestStep - _firstStep);
        StepDelta = isFirst || IsResume ? 1 : row.Step - LastStep;
        if (!isFirst && !IsResume) Stride += Math.Sign(StepDelta - Stride);
        LastStep = row.Step;
        _highestStep = Math.Max(_highestStep, row.Step);
        if (_rows < int.MaxValue) _rows++;

        StageChanged = Changed(ref _stage, row, TrainingRole.DataStage);
        WorkChanged = Changed(ref _batch, row, TrainingRole.BatchSize) | _work.Observe(row);
        ObserveRate(row);
        SinceChange = IsBreak ? 0 : SinceChange == int.MaxValue ? int.MaxValue : SinceChange + 1;
        IsWarm = IsWarm || (_rows >= policy.WarmUpRows && row.Step - _firstStep >= policy.WarmUpSteps && _sinceRising >= RowsAfterRise);
    }

    /// <summary>Goes on from a step: what was seen since came from another source.</summary>
    public void ReturnTo(long step) => LastStep = step;

    /// <summary>Takes the learning rate as it is for the schedule's.</summary>
    public void AcceptRate() => _rate.Accept();

    public void Save(StateWriter state)
    {
        _work.Save(state);
        _rate.Save(state);
        state.Write(_firstStep);
        state.Write(_highestStep);
        state.Write(_stage);
        state.Write(_batch);
        state.Write(_smoothRate);
        state.Write(_rows);
        state.Write(_sinceRising);
        state.Write(LastStep);
        state.Write(Stride);
        state.Write(IsWarm);
        state.Write(SinceChange);
        // Of the newest row: a later message of the same step is judged by it.
        state.Write(StepDelta);
        state.Write(IsResume);
        state.Write(StartsOver);
        state.Write(StageChanged);
        state.Write(WorkChanged);
        state.Write(RateChanged);
    }

    public void Load(ref StateReader state)
    {
        _work.Load(ref state);
        _rate.Load(ref state);
        _firstStep = state.ReadInt64();
        _highestStep = state.ReadInt64();
        _stage = state.ReadDouble();
        _batch = state.ReadDouble();
        _smoothRate = state.ReadDouble();
        _rows = state.ReadCount(int.MaxValue);
        _sinceRising = state.ReadCount(int.MaxValue);
        LastStep = state.ReadInt64();
        Stride = state.ReadInt64();
        IsWarm = state.ReadBoolean();
        SinceChange = state.ReadCount(int.MaxValue);
        StepDelta = state.ReadInt64();
        IsResume = state.ReadBoolean();
        StartsOver = state.ReadBoolean();
        StageChanged = state.ReadBoolean();
        WorkChanged = state.ReadBoolean();
        RateChanged = state.ReadBoolean();
    }

    // A schedule that warms up, or restarts over some rows, is a change until it stands.
    private void ObserveRate(TrainingRow row)
    {
        RateChanged = false;
        if (_sinceRising < int.MaxValue) _sinceRising++;
        if (!row.Has(TrainingRole.LearningRate) || !double.IsFinite(row[TrainingRole.LearningRate])) return;
        var rate = row[TrainingRole.LearningRate];
        var before = _rate.Last;
        _rate.Observe(rate, mayJudge: _rows > policy.WarmUpRows && !IsResume);
        if (double.IsNaN(before))
        {
            _smoothRate = rate;
            return;
        }

        var jumped = rate > RateJump * before || rate < before / RateJump || rate > RateJump * _smoothRate;
        RateChanged = jumped && !_rate.IsAbove && !_rate.WasAbove;
        _smoothRate += RateMemory * (rate - _smoothRate);
        if (rate > RateRising * _smoothRate) _sinceRising = 0;
    }

    private static bool Changed(ref double known, TrainingRow row, TrainingRole role)
    {
        if (!row.Has(role) || double.IsNaN(row[role])) return false;
        var before = known;
        known = row[role];
        return !double.IsNaN(before) && known != before;
    }
}
