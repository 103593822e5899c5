using LeptonStream.Samples;

namespace LeptonStream.Alerting.OnCall;

/// <summary>How far the escalation of an alert has come. It stops while somebody works on the alert, and then begins again.</summary>
/// <param name="StartedAt">Time from which its steps count.</param>
/// <param name="NextStep">Number of the next step, from 0; the number of steps where all are done.</param>
/// <param name="IsHeld">Whether an acknowledgement stopped it.</param>
public sealed record EscalationState(Timestamp StartedAt, int NextStep, bool IsHeld)
{
    /// <summary>One that begins.</summary>
    public static EscalationState StartedNow(Timestamp now) => new(now, NextStep: 0, IsHeld: false);

    /// <summary>Time of the next step; null where all are done.</summary>
    /// <param name="after">The times of all steps since the beginning.</param>
    public Timestamp? DueAt(IReadOnlyList<TimeSpan> after)
    {
        ArgumentNullException.ThrowIfNull(after);
        return NextStep < after.Count ? StartedAt + after[NextStep] : null;
    }

    /// <summary>Lets time pass. Of several steps that are due it takes one at a time.</summary>
    /// <param name="after">The times of all steps since the beginning.</param>
    /// <param name="acknowledgement">The last acknowledgement; null where there is none, or it was withdrawn.</param>
    /// <param name="now">The time.</param>
    /// <returns>The state as it goes on, and the number of the step to take now, if any.</returns>
    public (EscalationState State, int? Step) Advance(IReadOnlyList<TimeSpan> after, Acknowledgement? acknowledgement, Timestamp now)
    {
        ArgumentNullException.ThrowIfNull(after);
        if (acknowledgement is { } held && !(held.AskAgainAt <= now)) return (this with { IsHeld = true }, null);
        var state = acknowledgement?.AskAgainAt is { } again && again > StartedAt ? StartedNow(again)
            : IsHeld ? StartedNow(now)
            : this;
        return state.DueAt(after) <= now ? (state with { NextStep = state.NextStep + 1 }, state.NextStep) : (state, null);
    }
}

/// <summary>Somebody works on an alert.</summary>
/// <param name="AskAgainAt">Time after which it counts no more; null is until the alert ends.</param>
public readonly record struct Acknowledgement(Timestamp? AskAgainAt);
