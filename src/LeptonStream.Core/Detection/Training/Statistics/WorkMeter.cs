using LeptonStream.State;

namespace LeptonStream.Detection.Training.Statistics;

/// <summary>
/// Sees a change of the batch that nobody declares: throughput times duration is the work of a step, which stands still however fast the
/// machine is. A pause that only one of the two counts moves single rows; three rows that agree on another value are a change. More than a
/// factor of 4.5 is a throughput that leaves waiting out, and no batch.
/// </summary>
internal sealed class WorkMeter
{
    private static readonly TrainingTuning Tuning = TrainingTuning.Default;
    private static readonly double Tolerance = Tuning.WorkTolerance;
    private static readonly int RowsThatAgree = Tuning.WorkRows;
    private static readonly double MaxFactor = Tuning.WorkMaxFactor;

    private double _known = double.NaN;
    private double _other = double.NaN;
    private int _agree;

    /// <summary>Whether the work of a step is known.</summary>
    public bool IsKnown => !double.IsNaN(_known);

    /// <summary>Takes a row in; true where the work of a step has become another.</summary>
    public bool Observe(TrainingRow row)
    {
        if (!row.IsPositive(TrainingRole.Throughput) || !row.IsPositive(TrainingRole.StepTime)) return false;
        var work = row[TrainingRole.Throughput] * row[TrainingRole.StepTime];
        if (IsNear(work, _known) || work > MaxFactor * _known || work < _known / MaxFactor)
        {
            _agree = 0;
            return false;
        }

        _agree = IsNear(work, _other) ? _agree + 1 : 1;
        _other = work;
        if (_agree < RowsThatAgree) return false;
        var isFirst = double.IsNaN(_known);
        _known = work;
        _agree = 0;
        return !isFirst;
    }

    public void Save(StateWriter state)
    {
        state.Write(_known);
        state.Write(_other);
        state.Write(_agree);
    }

    public void Load(ref StateReader state)
    {
        _known = state.ReadDouble();
        _other = state.ReadDouble();
        _agree = state.ReadCount(RowsThatAgree);
    }

    private static bool IsNear(double left, double right) => Math.Abs(left - right) <= Tolerance * right;
}
