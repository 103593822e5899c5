using LeptonStream.Samples;

namespace LeptonStream.Detection.Entities;

/// <summary>
/// Whether the alert of an entity is a fault and no chance: it lasts, and in nearly all of its rows two metrics at least are away from
/// their baselines. Five in thirty days are: what comes more often is how the entity is. All zeros at first.
/// </summary>
internal struct JointFault
{
    // Chance is over within a few rows.
    private const int Rows = 8;
    private const double Share = 0.8;
    private const int Metrics = 2;
    private const int Most = 5;

    private static readonly TimeSpan Period = TimeSpan.FromDays(30);

    private int _rows;
    private int _away;

    // The rows until the last one that was away.
    private int _lasted;
    private bool _isReturn;
    private bool _isDenied;

    // Faults since the first of this period.
    private int _faults;
    private long _since;

    /// <summary>Whether the alert is critical because it is of a fault that was known.</summary>
    public readonly bool IsReturn => _isReturn;

    /// <summary>Begins with an alert that opens.</summary>
    public void Begin() => (_rows, _away, _lasted, _isReturn, _isDenied) = (0, 0, 0, false, false);

    /// <summary>Takes that it is critical because it is of a fault that was known.</summary>
    public void Return() => _isReturn = true;

    /// <summary>Takes that people call it none.</summary>
    public void Deny() => _isDenied = true;

    /// <summary>Takes a row of the open alert.</summary>
    /// <param name="away">How many metrics are away from their baselines.</param>
    public void See(int away)
    {
        _rows++;
        if (away < Metrics) return;
        _away++;
        _lasted = _rows;
    }

    /// <summary>
    /// Takes that a critical alert recovered, and says whether it was a fault, and one of the first in its period. A return is one, however
    /// short it was.
    /// </summary>
    /// <param name="now">Event time.</param>
    public bool End(Timestamp now)
    {
        if (_isDenied) return false;
        if (!_isReturn && (_lasted <= Rows || _away < Share * _lasted)) return false;
        if (now - new Timestamp(_since) > Period) (_faults, _since) = (0, now.UnixNanoseconds);
        if (_faults == Most) return false;
        _faults++;
        return true;
    }
}
