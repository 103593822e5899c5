using LeptonStream.Samples;

namespace LeptonStream.Alerting.OnCall;

/// <summary>A step of an escalation as written: who is notified when nobody has acknowledged for so long.</summary>
/// <param name="After">Time since the first notification.</param>
/// <param name="Receivers">Names of receivers.</param>
/// <param name="Schedule">Name of the schedule whose person on call is notified, too; null for none.</param>
public sealed record EscalationStepConfig(TimeSpan After, IReadOnlyList<string> Receivers, string? Schedule);

/// <summary>
/// A step of an escalation. It leads the alert into further groups, one for each receiver, which are flushed, muted, repeated and ended
/// like all others, by routes to which no label leads.
/// </summary>
/// <param name="After">Time since the first notification.</param>
/// <param name="Fixed">The routes to the receivers of the step.</param>
/// <param name="Schedule">The schedule whose person on call is notified, too.</param>
/// <param name="OnCall">The routes to everybody who may be on call.</param>
public sealed record EscalationStep(
    TimeSpan After, IReadOnlyList<Route> Fixed, OnCallSchedule? Schedule, IReadOnlyList<Route> OnCall)
{
    /// <summary>All routes that it may lead to.</summary>
    public IEnumerable<Route> Routes => Fixed.Concat(OnCall);

    /// <summary>The routes to those who are notified at a time.</summary>
    public IReadOnlyList<Route> RoutesAt(Timestamp time)
    {
        var person = Schedule?.At(time)?.Participant;
        return [.. Fixed.Concat(OnCall.Where(route => route.Receiver.Name == person)).DistinctBy(route => route.Receiver.Name)];
    }
}
