using LeptonStream.Alerts;

namespace LeptonStream.Detection.Lifecycle;

/// <summary>The change that an observation made to an alert, and so whether an event is published and which.</summary>
public enum AlertChange
{
    /// <summary>Nothing to publish.</summary>
    None = 0,

    /// <summary>An alert opened.</summary>
    Opened = 1,

    /// <summary>The open alert got worse, more urgent, or changed again.</summary>
    Worsened = 2,

    /// <summary>The open alert ended: the series is back where it was before the onset.</summary>
    Recovered = 3,

    /// <summary>The open alert ended without recovery: the new level lasted for the policy's accept_after.</summary>
    Accepted = 4,

    /// <summary>The open alert ended without recovery: its series reports no more.</summary>
    Gone = 5,

    /// <summary>The open alert ended without recovery: another judgement took its place (a run that started over).</summary>
    Superseded = 6,

    /// <summary>The open alert ended because the policy changed: the series is no longer judged this way.</summary>
    PolicyChanged = 7,

    /// <summary>The open alert goes on as it is: an update with the newest points, for people who look.</summary>
    Progressed = 8,

    /// <summary>The open alert ended: an error of a device is reported no more, which says nothing of its cause.</summary>
    Quieted = 9,
}

/// <summary>The consequences of each change.</summary>
internal static class AlertChanges
{
    /// <summary>Whether the alert ended with it.</summary>
    public static bool IsEnd(this AlertChange change) =>
        change is AlertChange.Recovered or AlertChange.Accepted or AlertChange.Gone or AlertChange.Superseded or AlertChange.PolicyChanged
            or AlertChange.Quieted;

    /// <summary>Reason of the end; null where the alert did not end.</summary>
    public static EndedReason? ReasonOf(AlertChange change) => change switch
    {
        AlertChange.Recovered => EndedReason.Recovered,
        AlertChange.Accepted => EndedReason.Accepted,
        AlertChange.Gone => EndedReason.Gone,
        AlertChange.Superseded => EndedReason.Superseded,
        AlertChange.PolicyChanged => EndedReason.Policy,
        AlertChange.Quieted => EndedReason.Quiet,
        _ => null,
    };
}
