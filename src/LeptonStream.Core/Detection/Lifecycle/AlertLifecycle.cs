using LeptonStream.Alerts;
using LeptonStream.Detection.Calibration;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Lifecycle;

/// <summary>
/// The life of one alert, of a series, an entity, a finding of a training run or a limit: quiet → pending → open → quiet, measured in time.
/// It has hysteresis between the line and calm, a refractory time after its end, and flap damping: an alert that comes back within the
/// refractory time stays open for longer each time.
/// </summary>
/// <remarks>
/// <code>
///          score ≥ 1             enough evidence
///   Quiet ───────────▶ Pending ───────────────────▶ Open ─┐ update: worse, or a further change
///     ▲                   │                           │ ◀─┘ progress: after 1, 5, 15, 60, 120 … minutes
///     │ LapseAfter without│                           │
///     └───────────────────┴───────────────────────────┘
///                                        recovered: calm for ResolveAfter (longer after flaps)
///                                        accepted:  a warning that was open for AcceptAfter
///                                        gone, superseded, policy: End(…)
/// </code>
/// It never says that trouble is over because it lasts. Whoever observes decides by the baseline before the onset whether the trouble goes
/// on (<see cref="FrozenBaseline"/>).
/// </remarks>
public sealed class AlertLifecycle
{
    /// <summary>Lines of the cache that it takes.</summary>
    internal const int Lines = 3;

    private const int MinSamples = 2;

    // Of the samples that are back to normal, so many to one may lie outside: noise does, too.
    private const int CalmPerLapse = 10;

    private static readonly TimeSpan[] ProgressAt = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15)];
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMinutes(60);

    private readonly AlertTiming _timing;
    private double _criticalScore;
    private TimeSpan _criticalBudget;
    private AlertNumbers _numbers;

    /// <summary>Makes the life of an alert that was never open.</summary>
    /// <param name="timing">Times by which it opens, goes on and ends.</param>
    /// <param name="criticalScore">The score from which on it is critical, as far as the budget allows.</param>
    /// <param name="criticalBudget">The time in which one critical alert is allowed.</param>
    public AlertLifecycle(AlertTiming timing, double criticalScore, TimeSpan criticalBudget)
    {
        ArgumentNullException.ThrowIfNull(timing);
        _timing = timing;
        (_criticalScore, _criticalBudget) = (criticalScore, criticalBudget);
        _numbers.Ended = Timestamp.Never.UnixNanoseconds;
    }

    /// <summary>Phase of the alert.</summary>
    public AlertPhase Phase => _numbers.Phase;

    /// <summary>Event time at which the trouble of the alert that is pending or open began; of an ended one, as it was.</summary>
    public Timestamp Onset => new(_numbers.Onset);

    /// <summary>Time of the opening.</summary>
    public Timestamp OpenedAt => new(_numbers.Opened);

    /// <summary>The worst score of the alert that is pending or open.</summary>
    public double Worst => _numbers.Worst;

    /// <summary>
    /// Whether the open alert is critical: beyond the critical line while the series' budget for that lasts, or grave by itself. It stays
    /// so until it ends.
    /// </summary>
    public bool IsCritical => _numbers.IsCritical;

    /// <summary>Whether it is beyond the critical line and stays a warning because of the model's page budget.</summary>
    internal bool IsHeld => _numbers.IsHeld && !IsCritical;

    /// <summary>Severity that follows from the worst score.</summary>
    internal AlertSeverity Severity => IsCritical ? AlertSeverity.Critical : AlertSeverity.Warning;

    /// <summary>Number of events so far in this life: the next event's number in it.</summary>
    internal int Events => _numbers.Events;

    /// <summary>Takes an observation and says what it changed.</summary>
    internal AlertChange Observe(in AlertSignal signal) => Phase == AlertPhase.Open ? OnOpen(signal) : OnPending(signal);

    /// <summary>Opens the alert at once: the caller has gathered the evidence.</summary>
    /// <param name="onset">Time at which the trouble began.</param>
    /// <param name="now">Event time.</param>
    /// <param name="score">Its score.</param>
    /// <param name="isCritical">Whether it is critical.</param>
    internal AlertChange Open(Timestamp onset, Timestamp now, double score, bool isCritical)
    {
        _numbers.Worst = score;
        _numbers.IsCritical = isCritical;
        BeginAt(onset);
        return Enter(now, isFlap: false);
    }

    /// <summary>Makes an open alert worse, as the caller found.</summary>
    /// <param name="score">The score now.</param>
    /// <param name="isCritical">Whether it is critical now; it stays so.</param>
    internal AlertChange Worsen(double score, bool isCritical)
    {
        _numbers.Worst = Math.Max(_numbers.Worst, score);
        _numbers.IsCritical |= isCritical;
        return Worsen();
    }

    /// <summary>
    /// Makes an open alert critical because other metrics of the entity agree, which takes nothing from the budget of the series, where
    /// that of the model allows it.
    /// </summary>
    /// <param name="signal">The score of all metrics together.</param>
    internal AlertChange Corroborate(in AlertSignal signal)
    {
        if (Phase != AlertPhase.Open || IsCritical || signal.Score <= _numbers.Corroborated) return AlertChange.None;
        _numbers.Corroborated = signal.Score;
        return IsAdmitted(signal, Math.Max(signal.Score, Worst)) ? Worsen(0, isCritical: true) : AlertChange.None;
    }

    /// <summary>Ends an open alert for a reason that its observations do not show; forgets a pending one.</summary>
    /// <param name="change">The end.</param>
    /// <param name="now">Event time, or the log's where the series is silent.</param>
    internal AlertChange End(AlertChange change, Timestamp now)
    {
        var wasOpen = Phase == AlertPhase.Open;
        Calm();
        if (!wasOpen) return AlertChange.None;
        _numbers.Ended = now.UnixNanoseconds;
        return change;
    }

    /// <summary>Whether an update with the newest points is due, so that "is it still so?" has an answer.</summary>
    /// <param name="now">Event time.</param>
    internal AlertChange Progress(Timestamp now)
    {
        if (Phase != AlertPhase.Open || now - OpenedAt < NextProgress()) return AlertChange.None;
        while (now - OpenedAt >= NextProgress()) _numbers.Progressed++;
        return AlertChange.Progressed;
    }

    /// <summary>
    /// Moves the onset of the alert that just opened back to where the change began. It never lies before the end of the last alert: ids
    /// are made from it.
    /// </summary>
    internal void BeginAt(Timestamp onset) => _numbers.Onset = Math.Max(onset.UnixNanoseconds, _numbers.Ended);

    /// <summary>Counts an event of this life and returns its number.</summary>
    internal int NextEvent() => _numbers.Events++;

    /// <summary>Judges by another critical line from now on.</summary>
    internal void Adopt(double criticalScore, TimeSpan budget) => (_criticalScore, _criticalBudget) = (criticalScore, budget);

    /// <summary>Writes everything a bit-equal copy needs.</summary>
    public void Save(StateWriter state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _numbers.Save(state);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public void Load(ref StateReader state) => _numbers = AlertNumbers.Load(ref state);

    private bool IsRefractory(Timestamp time) =>
        new Timestamp(_numbers.Ended) is { IsNever: false } ended && time - ended < _timing.Refractory;

    private AlertChange OnPending(in AlertSignal signal)
    {
        if (signal.Score < 1)
        {
            if (Phase == AlertPhase.Pending
                && ++_numbers.Lapses >= MinSamples
                && signal.Time - new Timestamp(_numbers.LastAnomalous) >= _timing.LapseAfter) Calm();
            return AlertChange.None;
        }

        if (Phase == AlertPhase.Quiet)
        {
            Calm();
            _numbers.Phase = AlertPhase.Pending;
            BeginAt(signal.Time);
            _numbers.Worst = 0;
        }

        _numbers.Lapses = 0;
        _numbers.LastAnomalous = signal.Time.UnixNanoseconds;
        _numbers.Evidence += signal.Score;
        _numbers.Worst = Math.Max(_numbers.Worst, signal.Score);
        var isFlap = IsRefractory(signal.Time);
        if (_numbers.Evidence < signal.Needed * (isFlap ? 2 : 1)) return AlertChange.None;
        _numbers.IsCritical = BecomesCritical(signal);
        return Enter(signal.Time, isFlap);
    }

    private AlertChange Enter(Timestamp now, bool isFlap)
    {
        _numbers.Phase = AlertPhase.Open;
        _numbers.Opened = now.UnixNanoseconds;
        _numbers.Flaps = isFlap ? Math.Min(_numbers.Flaps + 1, AlertNumbers.MaxFlaps) : 0;
        _numbers.Published = _numbers.Worst;
        _numbers.Calm = _numbers.Lapses = _numbers.Events = _numbers.Progressed = 0;
        return AlertChange.Opened;
    }

    private AlertChange OnOpen(in AlertSignal signal)
    {
        _numbers.Worst = Math.Max(_numbers.Worst, signal.Score);
        if (HasCalmed(signal) || signal.HasRecovered) return End(AlertChange.Recovered, signal.Time);
        if (!IsCritical && signal.AcceptAfter is { } accept && signal.Time - OpenedAt >= accept)
            return End(AlertChange.Accepted, signal.Time);
        var raised = !IsCritical && BecomesCritical(signal);
        _numbers.IsCritical |= raised;
        if (raised || signal.IsFurtherChange || _numbers.Worst >= _numbers.Published * _timing.UpdateFactor) return Worsen();
        return Progress(signal.Time);
    }

    private bool HasCalmed(in AlertSignal signal)
    {
        if (signal.Score >= _timing.CalmBelow)
        {
            if (_numbers.Calm > 0 && ++_numbers.Lapses > 1 + (_numbers.Calm / CalmPerLapse)) _numbers.Calm = _numbers.Lapses = 0;
            return false;
        }

        if (_numbers.Calm++ == 0) _numbers.CalmSince = signal.Time.UnixNanoseconds;
        return _numbers.Calm >= MinSamples
            && signal.Time - new Timestamp(_numbers.CalmSince) >= _timing.ResolveAfter * (1 + _numbers.Flaps);
    }

    private AlertChange Worsen()
    {
        _numbers.Published = _numbers.Worst;
        return AlertChange.Worsened;
    }

    private TimeSpan NextProgress() =>
        _numbers.Progressed < ProgressAt.Length
            ? ProgressAt[_numbers.Progressed]
            : (_numbers.Progressed - ProgressAt.Length + 1) * ProgressEvery;

    private bool BecomesCritical(in AlertSignal signal) =>
        signal.IsGrave || (_numbers.Worst >= _criticalScore && _numbers.Worst > _numbers.Refused && TakeFromBudget(signal));

    // Asked once for each height: a long alert must not wear the budget's patience out sample by sample.
    private bool TakeFromBudget(in AlertSignal signal)
    {
        _numbers.Refused = _numbers.Worst;
        if (!_numbers.Critical.TryTake(signal.Time, _criticalBudget)) return false;
        if (IsAdmitted(signal, _numbers.Worst)) return true;
        _numbers.Critical.Return();
        return false;
    }

    private bool IsAdmitted(in AlertSignal signal, double score)
    {
        if (signal.Entity?.Model is not { } model) return true;
        var decades = Math.Log10(_criticalBudget / signal.PageBudget) + AlarmLine.DecadesBetween(_criticalScore, score);
        _numbers.IsHeld = !model.Admits(signal.Time, decades, signal.PageBudget);
        return !_numbers.IsHeld;
    }

    private void Calm()
    {
        _numbers.Phase = AlertPhase.Quiet;
        _numbers.Refused = _numbers.Corroborated = _numbers.Evidence = 0;
        _numbers.IsHeld = false;
        _numbers.Lapses = _numbers.Calm = 0;
    }
}
