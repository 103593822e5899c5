using LeptonStream.Detection.Snapshots;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Lifecycle;

/// <summary>All that the life of an alert remembers: times in nanoseconds since the epoch, scores, and counts.</summary>
internal struct AlertNumbers
{
    /// <summary>The most flaps that are counted: each makes the time to recover longer.</summary>
    public const int MaxFlaps = 5;

    /// <summary>Those of an alert that was never open.</summary>
    public static readonly AlertNumbers Quiet = new() { Ended = Timestamp.Never.UnixNanoseconds };

    // A thousand years, one an hour: more is no count.
    private const int MaxProgressed = 10_000_000;

    // What budgets of the model hold it, as it is written.
    private const byte Held = 1;
    private const byte ForTheRecord = 2;
    private const byte Silent = 4;

    public AlertPhase Phase;
    public bool IsCritical;

    /// <summary>Whether it would be critical but for the model's page budget.</summary>
    public bool IsHeld;

    /// <summary>Whether it would be a warning but for the model's warning budget.</summary>
    public bool IsForTheRecord;

    /// <summary>Whether it opened while nothing was to open, and no event has said so.</summary>
    public bool IsSilent;
    public long Onset;
    public long Opened;
    public long Ended;
    public long LastAnomalous;
    public long CalmSince;

    /// <summary>The worst score of the alert that is pending or open.</summary>
    public double Worst;

    /// <summary>The worst score that an event has told.</summary>
    public double Published;

    /// <summary>The worst score for which the critical budget was asked.</summary>
    public double Refused;

    /// <summary>The worst score of all metrics of its entity together for which the model's page budget was asked.</summary>
    public double Corroborated;

    /// <summary>The sum of scores since the alert is pending.</summary>
    public double Evidence;

    /// <summary>Samples on the other side: calm ones while it is pending, anomalous ones while it recovers.</summary>
    public int Lapses;

    /// <summary>Calm samples since <see cref="CalmSince"/>.</summary>
    public int Calm;

    /// <summary>How often it came back within the refractory time, at most <see cref="MaxFlaps"/>.</summary>
    public int Flaps;

    /// <summary>Events of this life.</summary>
    public int Events;

    /// <summary>Updates with the newest points, of those events.</summary>
    public int Progressed;
    public CriticalBudget Critical;

    /// <summary>Whether anything of it may yet decide: it is pending or open, or was, or has taken from its budget.</summary>
    public readonly bool IsWorthKeeping => Phase != AlertPhase.Quiet || Ended != Quiet.Ended || Events != 0 || Critical.IsAsked;

    /// <summary>Writes everything a bit-equal copy needs.</summary>
    public readonly void Save(StateWriter state)
    {
        state.Write((int)Phase);
        state.Write(IsCritical);
        state.Write(Onset);
        state.Write(Opened);
        state.Write(Ended);
        state.Write(LastAnomalous);
        state.Write(CalmSince);
        state.Write(Worst);
        state.Write(Published);
        state.Write(Refused);
        state.Write(Evidence);
        state.Write(Lapses);
        state.Write(Calm);
        state.Write(Flaps);
        state.Write(Events);
        state.Write(Progressed);
        Critical.Save(state);
        state.WriteRaw([(byte)((IsHeld ? Held : 0) | (IsForTheRecord ? ForTheRecord : 0) | (IsSilent ? Silent : 0))]);
        state.Write(Corroborated);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public static AlertNumbers Load(ref StateReader state)
    {
        var numbers = LoadFirst(ref state);
        // Of a later version: an alert that has spoken must end as well.
        if (!Enum.IsDefined(numbers.Phase)) numbers.Phase = numbers.Events > 0 ? AlertPhase.Open : AlertPhase.Quiet;
        if (state.IsBefore(StateLayout.PagesSince)) return numbers;
        var budgets = state.ReadByte();
        if (budgets > (Held | ForTheRecord | Silent)) throw new SnapshotCorruptException("an alert that no budget knows");
        numbers.IsHeld = (budgets & Held) != 0;
        numbers.IsForTheRecord = (budgets & ForTheRecord) != 0;
        numbers.IsSilent = (budgets & Silent) != 0;
        numbers.Corroborated = state.ReadDouble();
        return numbers;
    }

    private static AlertNumbers LoadFirst(ref StateReader state) => new()
    {
        Phase = (AlertPhase)state.ReadInt32(),
        IsCritical = state.ReadBoolean(),
        Onset = state.ReadInt64(),
        Opened = state.ReadInt64(),
        Ended = state.ReadInt64(),
        LastAnomalous = state.ReadInt64(),
        CalmSince = state.ReadInt64(),
        Worst = state.ReadDouble(),
        Published = state.ReadDouble(),
        Refused = state.ReadDouble(),
        Evidence = state.ReadDouble(),
        Lapses = state.ReadCount(int.MaxValue),
        Calm = state.ReadCount(int.MaxValue),
        Flaps = state.ReadCount(MaxFlaps),
        Events = state.ReadCount(int.MaxValue),
        Progressed = state.ReadCount(MaxProgressed),
        Critical = CriticalBudget.Load(ref state),
    };
}
