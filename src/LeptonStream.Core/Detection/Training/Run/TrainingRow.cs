using LeptonStream.Samples;

namespace LeptonStream.Detection.Training;

/// <summary>The values that a run reported of one step, by role. Made once and filled for each row: it allocates nothing.</summary>
public sealed class TrainingRow
{
    private readonly double[] _values = new double[TrainingRoles.Count];
    private int _measured;

    /// <summary>Event time of the row.</summary>
    public Timestamp Time { get; private set; }

    /// <summary>Log time: the clock that silence is measured by.</summary>
    public Timestamp LogTime { get; private set; }

    /// <summary>Optimizer step; goes back on a resume.</summary>
    public long Step { get; private set; }

    /// <summary>The value of a role, in the producer's own unit; NaN where it was not measured.</summary>
    public double this[TrainingRole role] => Has(role) ? _values[(int)role] : double.NaN;

    /// <summary>Whether a role was measured; its value may still be no finite number.</summary>
    public bool Has(TrainingRole role) => (_measured & (1 << (int)role)) != 0;

    /// <summary>Whether a role was measured and is above 0 and finite.</summary>
    public bool IsPositive(TrainingRole role) => Has(role) && double.IsFinite(_values[(int)role]) && _values[(int)role] > 0;

    /// <summary>The roles that were measured, as bits.</summary>
    internal int Measured => _measured;

    /// <summary>Takes roles out.</summary>
    /// <param name="roles">As bits.</param>
    internal void Drop(int roles) => _measured &= ~roles;

    /// <summary>Starts a row.</summary>
    /// <param name="time">Event time.</param>
    /// <param name="step">Optimizer step, from 0.</param>
    /// <param name="logTime">Log time of the record.</param>
    public void Begin(Timestamp time, long step, Timestamp logTime)
    {
        Time = time;
        Step = step;
        LogTime = logTime;
        _measured = 0;
    }

    /// <summary>Takes a value in; of several for one role the first counts.</summary>
    /// <param name="role">Its role; nothing happens for <see cref="TrainingRole.None"/>.</param>
    /// <param name="value">Measured value in the metric's unit; NaN or infinite where the producer sent that.</param>
    public void Set(TrainingRole role, double value)
    {
        if (role == TrainingRole.None || Has(role)) return;
        _values[(int)role] = value;
        _measured |= 1 << (int)role;
    }
}
