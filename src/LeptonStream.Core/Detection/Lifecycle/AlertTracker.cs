using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Lifecycle;

/// <summary>Where the alert of a series stands.</summary>
public enum AlertPhase
{
    /// <summary>Nothing is odd.</summary>
    Quiet = 0,

    /// <summary>Some samples are odd, too few yet to say so.</summary>
    Pending = 1,

    /// <summary>An alert is open.</summary>
    Open = 2,
}

/// <summary>What a sample did to the alert of its series, and so whether an event is published and which.</summary>
public enum AlertChange
{
    /// <summary>Nothing to tell.</summary>
    None = 0,

    /// <summary>An alert opened.</summary>
    Opened = 1,

    /// <summary>The open alert got worse enough to tell.</summary>
    Worsened = 2,

    /// <summary>The open alert is over: the series is back to what was expected.</summary>
    Recovered = 3,

    /// <summary>The open alert is over: the new level is accepted as normal.</summary>
    Accepted = 4,
}

/// <summary>
/// The life of the alert of one series: quiet → pending → open → quiet, with hysteresis between the line and calm, a refractory time after a resolve,
/// acceptance of a new normal, and damping of flaps: an alert that comes back within the refractory time stays open for longer each time. Opens when the scores of its anomalous samples add up to enough evidence: many small ones or one large.
/// </summary>
/// <remarks>
/// <code>
///          score ≥ 1                          enough evidence
///  Quiet ───────────▶ Pending ───────────────────────────────────────────────▶ Open ─┐ worse by UpdateFactor: update
///    ▲                   │ two lapses                                            │ ◀─┘
///    └───────────────────┴───── ResolveAfter calm samples (times flaps), or AcceptAfter odd ───┘
/// </code>
/// </remarks>
public sealed class AlertTracker(AlertTiming timing, double criticalScore, TimeSpan criticalBudget)
{
    private const int MaxFlaps = 5;

    private CriticalBudget _critical;
    private double _evidence;
    private int _lapses;
    private int _calm;
    private int _consecutiveAnomalies;
    private int _refractory;
    private int _flaps;
    private double _told;
    private double _refusedAt;

    /// <summary>Where the alert stands.</summary>
    public AlertPhase Phase { get; private set; }

    /// <summary>Event time of the first anomalous sample of the alert that is pending or open.</summary>
    public Timestamp Onset { get; private set; }

    /// <summary>The worst score of the alert that is pending or open.</summary>
    public double Worst { get; private set; }

    /// <summary>Whether the open alert is critical: beyond the critical line while the series' budget for that lasts, or grave by itself. It stays so until it ends.</summary>
    public bool IsCritical { get; private set; }

    /// <summary>The id of the open alert, given by <see cref="Name"/>.</summary>
    public UInt128 AlertId { get; private set; }

    /// <summary>Takes the score of a sample and says what it changed.</summary>
    /// <param name="score">Its score; 1.0 is the line.</param>
    /// <param name="time">Its event time.</param>
    /// <param name="enough">The evidence that opens an alert: a sum of scores.</param>
    /// <param name="isGrave">Whether it is critical whatever its score and the budget: not a number, or several metrics of the entity agree.</param>
    public AlertChange Observe(double score, Timestamp time, double enough, bool isGrave = false)
    {
        var odd = score >= 1;
        _consecutiveAnomalies = odd ? _consecutiveAnomalies + 1 : 0;
        if (_refractory > 0) _refractory--;
        return Phase == AlertPhase.Open ? Follow(score, odd, time, isGrave) : Await(score, odd, time, enough, isGrave);
    }

    /// <summary>Makes an open alert critical because other metrics of the entity agree, which takes nothing from the budget.</summary>
    internal AlertChange Corroborate()
    {
        if (Phase != AlertPhase.Open || IsCritical) return AlertChange.None;
        IsCritical = true;
        _told = Worst;
        return AlertChange.Worsened;
    }

    /// <summary>Judges by another critical line from now on.</summary>
    internal void Adopt(double score, TimeSpan budget) => (criticalScore, criticalBudget) = (score, budget);

    /// <summary>Gives the alert that just opened its id.</summary>
    public void Name(UInt128 alertId) => AlertId = alertId;

    /// <summary>Writes everything a bit-equal copy needs.</summary>
    public void Save(StateWriter state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Write((int)Phase);
        state.Write(Onset.UnixNanoseconds);
        state.Write(Worst);
        state.Write(AlertId);
        state.Write(_evidence);
        state.Write(_lapses);
        state.Write(_calm);
        state.Write(_consecutiveAnomalies);
        state.Write(_refractory);
        state.Write(_flaps);
        state.Write(_told);
        state.Write(_refusedAt);
        state.Write(IsCritical);
        _critical.Save(state);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public void Load(ref StateReader state)
    {
        Phase = (AlertPhase)state.ReadCount((int)AlertPhase.Open);
        Onset = new(state.ReadInt64());
        Worst = state.ReadDouble();
        AlertId = state.ReadUInt128();
        _evidence = state.ReadDouble();
        _lapses = state.ReadCount(int.MaxValue);
        _calm = state.ReadCount(int.MaxValue);
        _consecutiveAnomalies = state.ReadCount(int.MaxValue);
        _refractory = state.ReadCount(int.MaxValue);
        _flaps = state.ReadCount(MaxFlaps);
        _told = state.ReadDouble();
        _refusedAt = state.ReadDouble();
        IsCritical = state.ReadBoolean();
        _critical = CriticalBudget.Load(ref state);
    }

    private AlertChange Await(double score, bool odd, Timestamp time, double enough, bool isGrave)
    {
        if (!odd)
        {
            if (Phase == AlertPhase.Pending && ++_lapses > 1) Calm();
            return AlertChange.None;
        }

        if (Phase == AlertPhase.Quiet)
        {
            Phase = AlertPhase.Pending;
            Onset = time;
            Worst = 0;
            _evidence = _lapses = 0;
        }

        _evidence += score;
        Worst = Math.Max(Worst, score);
        if (_evidence < enough * (_refractory > 0 ? 2 : 1)) return AlertChange.None;
        Phase = AlertPhase.Open;
        _flaps = _refractory > 0 ? Math.Min(_flaps + 1, MaxFlaps) : 0;
        _calm = 0;
        _told = Worst;
        IsCritical = BecomesCritical(time, isGrave);
        return AlertChange.Opened;
    }

    private AlertChange Follow(double score, bool odd, Timestamp time, bool isGrave)
    {
        Worst = Math.Max(Worst, score);
        _calm = score < timing.CalmBelow ? _calm + 1 : 0;
        if (_calm >= timing.ResolveAfter * (1 + _flaps))
        {
            Calm();
            _refractory = timing.Refractory;
            return AlertChange.Recovered;
        }

        if (odd && _consecutiveAnomalies >= timing.AcceptAfter)
        {
            Calm();
            _refractory = timing.Refractory;
            return AlertChange.Accepted;
        }

        var raised = !IsCritical && BecomesCritical(time, isGrave);
        IsCritical |= raised;
        if (!raised && Worst < _told * timing.UpdateFactor) return AlertChange.None;
        _told = Worst;
        return AlertChange.Worsened;
    }

    private bool BecomesCritical(Timestamp time, bool isGrave) =>
        isGrave || (Worst >= criticalScore && Worst > _refusedAt && TakeFromBudget(time));

    // Asked once for each height: a long alert must not wear the budget's patience out sample by sample.
    private bool TakeFromBudget(Timestamp time)
    {
        _refusedAt = Worst;
        return _critical.TryTake(time, criticalBudget);
    }

    private void Calm()
    {
        _refusedAt = 0;
        Phase = AlertPhase.Quiet;
        _evidence = _lapses = _calm = _consecutiveAnomalies = 0;
    }
}
