using LeptonStream.Alerts;
using LeptonStream.Detection.Calibration;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Lifecycle;

/// <summary>
/// The life of one alert, of a series, an entity, a finding of a training run or a limit: quiet → pending → open → quiet, measured in
/// time. It has hysteresis between the line and calm, a refractory time after its end, and flap damping: an alert that comes back within
/// the refractory time stays open for longer each time.
/// </summary>
/// <remarks>
/// <code>
///       score ≥ 1        enough evidence
///   Quiet ────▶ Pending ─────▶ Open ─┐ update: worse, or a further change
///     ▲            │             │ ◀─┘ progress: after 1, 5, 15, 60, 120 … minutes
///     │ LapseAfter without       │
///     └────────────┴─────────────┘
///                       recovered: calm for ResolveAfter (longer after flaps)
///                       accepted:  a warning that was open for AcceptAfter, or an alert whose critical readings are over
///                       gone, superseded, policy: End(…)
/// </code>
/// Where nothing is to open, an alert opens in silence: no event says so, and no budget is asked. It is published, with the evidence that
/// any alert needs, where its trouble outlasts that.
/// It never says that trouble is over because it lasts. Whoever observes decides by the baseline before the onset whether the trouble goes
/// on (<see cref="FrozenBaseline"/>). Of a series that never had evidence, it remembers nothing and takes 32 bytes.
/// </remarks>
public sealed partial class AlertLifecycle
{
    private const int MinSamples = 2;

    // Of the samples that are back to normal, so many to one may lie outside: noise does, too.
    private const int CalmPerLapse = 10;

    private static readonly TimeSpan[] ProgressAt = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15)];
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMinutes(60);

    private AlertPlan _plan;
    private AlertRecord? _record;

    /// <summary>Makes the life of an alert that was never open.</summary>
    /// <param name="timing">Times by which it opens, goes on and ends.</param>
    /// <param name="criticalScore">The score from which on it is critical, as far as the budget allows.</param>
    /// <param name="criticalBudget">The time in which one critical alert is allowed.</param>
    public AlertLifecycle(AlertTiming timing, double criticalScore, TimeSpan criticalBudget)
        : this(new AlertPlan(timing ?? throw new ArgumentNullException(nameof(timing)), AlarmLine.At(criticalScore), criticalBudget,
            TimeSpan.MaxValue, TimeSpan.MaxValue)) =>
        // No other leaves it room: its first evidence must not allocate.
        _plan.Return(new());

    internal AlertLifecycle(AlertPlan plan) => _plan = plan;

    /// <summary>Phase of the alert.</summary>
    public AlertPhase Phase => Known.Phase;

    /// <summary>Event time at which the trouble of the alert that is pending or open began; of an ended one, as it was.</summary>
    public Timestamp Onset => new(Known.Onset);

    /// <summary>Time of the opening.</summary>
    public Timestamp OpenedAt => new(Known.Opened);

    /// <summary>Of an alert that recovered: the time from which on it was calm. It waited since then, and ended when that lasted.</summary>
    internal Timestamp CalmSince => new(Known.CalmSince);

    /// <summary>The same for the texts of a change; null of any but a recovery.</summary>
    internal Timestamp? NormalSince(AlertChange change) => change == AlertChange.Recovered ? CalmSince : null;

    /// <summary>The worst score of the alert that is pending or open.</summary>
    public double Worst => Known.Worst;

    /// <summary>
    /// Whether the open alert is critical: beyond the critical line while the series' budget for that lasts, or grave by itself. It stays
    /// so until it ends.
    /// </summary>
    public bool IsCritical => Known.IsCritical;

    /// <summary>Whether it opened while nothing was to open, and no event has said so; of an ended one, as it was.</summary>
    internal bool IsSilent => Known.IsSilent;

    /// <summary>Whether it is open, and an event said so.</summary>
    internal bool IsPublished => Phase == AlertPhase.Open && !IsSilent;

    /// <summary>Whether it is beyond the critical line and stays a warning because of the model's page budget.</summary>
    internal bool IsHeld => Known.IsHeld && !IsCritical;

    /// <summary>Whether it is beyond the line and no warning because of the model's warning budget.</summary>
    internal bool IsForTheRecord => Known.IsForTheRecord && !IsCritical;

    /// <summary>Severity that follows from the worst score and from the budgets of the model.</summary>
    internal AlertSeverity Severity =>
        IsCritical ? AlertSeverity.Critical : IsForTheRecord ? AlertSeverity.Info : AlertSeverity.Warning;

    /// <summary>Number of events so far in this life: the next event's number in it.</summary>
    internal int Events => Known.Events;

    /// <summary>Takes an observation and says what it changed.</summary>
    internal AlertChange Observe(in AlertSignal signal) => Phase == AlertPhase.Open ? OnOpen(signal) : OnPending(signal);

    /// <summary>Opens the alert at once: the caller has gathered the evidence.</summary>
    /// <param name="onset">Time at which the trouble began.</param>
    /// <param name="now">Event time.</param>
    /// <param name="score">Its score.</param>
    /// <param name="isCritical">Whether it is critical.</param>
    internal AlertChange Open(Timestamp onset, Timestamp now, double score, bool isCritical)
    {
        Numbers.Worst = score;
        Numbers.IsCritical = isCritical;
        Numbers.IsForTheRecord = Numbers.IsSilent = false;
        BeginAt(onset);
        return Enter(now, isFlap: false);
    }

    /// <summary>Makes an open alert worse, as the caller found.</summary>
    /// <param name="score">The score now.</param>
    /// <param name="isCritical">Whether it is critical now; it stays so.</param>
    internal AlertChange Worsen(double score, bool isCritical)
    {
        Numbers.Worst = Math.Max(Numbers.Worst, score);
        Numbers.IsCritical |= isCritical;
        return Worsen();
    }

    /// <summary>
    /// Makes an open alert critical because other metrics of the entity agree, which takes nothing from the budget of the series, where
    /// that of the model allows it.
    /// </summary>
    /// <param name="signal">The score of all metrics together.</param>
    internal AlertChange Corroborate(in AlertSignal signal)
    {
        if (!IsPublished || IsCritical || signal.Score <= Numbers.Corroborated) return AlertChange.None;
        var before = AskedForPage;
        Numbers.Corroborated = signal.Score;
        return IsAdmitted(signal, Math.Max(signal.Score, Worst), before) ? Worsen(0, isCritical: true) : AlertChange.None;
    }

    /// <summary>Ends an open alert for a reason that its observations do not show; forgets a pending one.</summary>
    /// <param name="change">The end.</param>
    /// <param name="now">Event time, or the log's where the series is silent.</param>
    internal AlertChange End(AlertChange change, Timestamp now)
    {
        var wasOpen = Phase == AlertPhase.Open;
        if (_record is null) return AlertChange.None;
        if (Numbers.Calm == 0) Numbers.CalmSince = now.UnixNanoseconds;
        Calm();
        if (!wasOpen)
        {
            Settle();
            return AlertChange.None;
        }

        // What nobody heard of came first to nobody: the next is no flap.
        if (!IsSilent) Numbers.Ended = now.UnixNanoseconds;
        return change;
    }

    /// <summary>Whether an update with the newest points is due, so that "is it still so?" has an answer.</summary>
    /// <param name="now">Event time.</param>
    internal AlertChange Progress(Timestamp now)
    {
        if (Phase != AlertPhase.Open || now - OpenedAt < NextProgress()) return AlertChange.None;
        while (now - OpenedAt >= NextProgress()) Numbers.Progressed++;
        return AlertChange.Progressed;
    }

    /// <summary>
    /// Moves the onset of the alert that just opened back to where the change began. It never lies before the end of the last alert: ids
    /// are made from it.
    /// </summary>
    internal void BeginAt(Timestamp onset) => Numbers.Onset = Math.Max(onset.UnixNanoseconds, Numbers.Ended);

    /// <summary>Counts an event of this life and returns its number.</summary>
    internal int NextEvent() => Numbers.Events++;

    /// <summary>Lives by another plan from now on.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="factor">The factor from units of the old line to those of the new one; above 0.</param>
    internal void Adopt(AlertPlan plan, double factor)
    {
        _plan = plan;
        if (_record is null || factor == 1) return;
        Numbers.Published *= factor;
        Numbers.Worst *= factor;
        Numbers.Refused *= factor;
        Numbers.Corroborated *= factor;
        Numbers.Evidence *= factor;
    }

    /// <summary>Writes everything a bit-equal copy needs.</summary>
    public void Save(StateWriter state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Known.Save(state);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public void Load(ref StateReader state)
    {
        Numbers = AlertNumbers.Load(ref state);
        Settle();
    }

    private ref readonly AlertNumbers Known => ref _record is { } record ? ref record.Numbers : ref AlertNumbers.Quiet;

    private ref AlertNumbers Numbers => ref (_record ??= _plan.Rent()).Numbers;

    private bool IsRefractory(Timestamp time) =>
        new Timestamp(Known.Ended) is { IsNever: false } ended && time - ended < _plan.Timing.Refractory;

    private AlertChange OnPending(in AlertSignal signal)
    {
        if (signal.Score < 1)
        {
            if (Phase == AlertPhase.Pending) Lapse(signal.Time);
            return AlertChange.None;
        }

        if (Phase == AlertPhase.Quiet)
        {
            Calm();
            Numbers.Phase = AlertPhase.Pending;
            BeginAt(signal.Time);
            Numbers.Worst = 0;
        }

        Numbers.Lapses = 0;
        Numbers.LastAnomalous = signal.Time.UnixNanoseconds;
        Numbers.Evidence += signal.Score;
        Numbers.Worst = Math.Max(Numbers.Worst, signal.Score);
        var isFlap = IsRefractory(signal.Time);
        if (Numbers.Evidence < signal.Needed * (isFlap && !signal.IsReturn ? 2 : 1)) return AlertChange.None;
        Numbers.IsSilent = signal.IsMuted;
        Numbers.IsCritical = IsSilent ? signal.IsGrave : BecomesCritical(signal);
        Numbers.IsForTheRecord = !IsSilent && !IsCritical && !IsAdmittedAsWarning(signal, before: null);
        return Enter(signal.Time, isFlap);
    }

    // A job that ends a little late outlasts its hour, and so does a single value: it takes evidence from behind it.
    private AlertChange Publish(in AlertSignal signal)
    {
        if (signal.IsMuted) Numbers.Evidence = 0;
        if (signal.IsMuted || signal.Score < 1) return AlertChange.None;
        Numbers.Evidence += signal.Score;
        if (Numbers.Evidence < signal.Needed) return AlertChange.None;
        Numbers.IsSilent = false;
        Numbers.IsCritical |= BecomesCritical(signal);
        Numbers.IsForTheRecord = !IsCritical && !IsAdmittedAsWarning(signal, before: null);
        return Enter(signal.Time, isFlap: false);
    }

    private void Lapse(Timestamp time)
    {
        if (++Numbers.Lapses < MinSamples || time - new Timestamp(Numbers.LastAnomalous) < _plan.Timing.LapseAfter) return;
        Calm();
        Settle();
    }

    private AlertChange Enter(Timestamp now, bool isFlap)
    {
        Numbers.Phase = AlertPhase.Open;
        Numbers.Opened = now.UnixNanoseconds;
        Numbers.Flaps = isFlap ? Math.Min(Numbers.Flaps + 1, AlertNumbers.MaxFlaps) : 0;
        Numbers.Published = Numbers.Worst;
        Numbers.Calm = Numbers.Lapses = Numbers.Events = Numbers.Progressed = 0;
        return AlertChange.Opened;
    }

    private AlertChange OnOpen(in AlertSignal signal)
    {
        var before = Numbers.Worst;
        Numbers.Worst = Math.Max(Numbers.Worst, signal.Score);
        if (HasCalmed(signal) || signal.HasRecovered) return End(AlertChange.Recovered, signal.Time);
        if (signal.IsLevelSince || (!IsCritical && signal.AcceptAfter is { } accept && signal.Time - OpenedAt >= accept))
            return End(AlertChange.Accepted, signal.Time);
        if (IsSilent) return Publish(signal);
        var raised = !IsCritical && BecomesCritical(signal);
        Numbers.IsCritical |= raised;
        if (IsForTheRecord && IsAdmittedAsWarning(signal, before)) (Numbers.IsForTheRecord, raised) = (false, true);
        if (raised || signal.IsFurtherChange || Numbers.Worst >= Numbers.Published * _plan.Timing.UpdateFactor) return Worsen();
        return Progress(signal.Time);
    }

    private bool HasCalmed(in AlertSignal signal)
    {
        if (signal.Score >= _plan.Timing.CalmBelow)
        {
            if (Numbers.Calm > 0 && ++Numbers.Lapses > 1 + (Numbers.Calm / CalmPerLapse)) Numbers.Calm = Numbers.Lapses = 0;
            return false;
        }

        if (Numbers.Calm++ == 0) Numbers.CalmSince = signal.Time.UnixNanoseconds;
        return Numbers.Calm >= MinSamples
            && signal.Time - new Timestamp(Numbers.CalmSince) >= _plan.Timing.ResolveAfter * (1 + Numbers.Flaps);
    }

    private AlertChange Worsen()
    {
        Numbers.Published = Numbers.Worst;
        return AlertChange.Worsened;
    }

    private TimeSpan NextProgress() =>
        Numbers.Progressed < ProgressAt.Length
            ? ProgressAt[Numbers.Progressed]
            : (Numbers.Progressed - ProgressAt.Length + 1) * ProgressEvery;

    private bool BecomesCritical(in AlertSignal signal) =>
        signal.IsGrave || signal.IsReturn
        || (Numbers.Worst >= LineOf(signal).CriticalScore && Numbers.Worst > Numbers.Refused && TakeFromBudget(signal));

    private void Calm()
    {
        Numbers.Phase = AlertPhase.Quiet;
        Numbers.Refused = Numbers.Corroborated = Numbers.Evidence = 0;
        // Whether it is for the record is kept, as whether it is critical: its end says it, too.
        Numbers.IsHeld = false;
        Numbers.Lapses = Numbers.Calm = 0;
    }

    // An alert that was never open has nothing to remember.
    private void Settle()
    {
        if (_record is not { Numbers.IsWorthKeeping: false } record) return;
        _plan.Return(record);
        _record = null;
    }
}
