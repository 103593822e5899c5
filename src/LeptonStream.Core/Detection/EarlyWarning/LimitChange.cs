using LeptonStream.Detection.Lifecycle;

namespace LeptonStream.Detection.EarlyWarning;

/// <summary>The state of the watch over a limit.</summary>
public enum LimitPhase
{
    /// <summary>No breach is in sight.</summary>
    Quiet = 0,

    /// <summary>A breach is expected and was reported.</summary>
    Warned = 1,

    /// <summary>The forecast has come true: the limit is reached.</summary>
    Reached = 2,
}

/// <summary>The change that a sample made to the watch over a limit, and so whether an event is published.</summary>
public enum LimitChange
{
    /// <summary>Nothing changed.</summary>
    None = 0,

    /// <summary>A breach is expected within the horizon: an <c>early_warning</c> event.</summary>
    Warned = 1,

    /// <summary>The expected time has moved by much: an <c>early_warning</c> event with the new one.</summary>
    Moved = 2,

    /// <summary>The limit is reached: an <c>early_warning</c> event that says so.</summary>
    Reached = 3,

    /// <summary>The trend that led to the limit is broken: a <c>resolved</c> event.</summary>
    Withdrawn = 4,

    /// <summary>The series has come down from its limit: a <c>resolved</c> event.</summary>
    Receded = 5,

    /// <summary>The series reports no more: a <c>resolved</c> event that says so.</summary>
    Gone = 6,

    /// <summary>The limit is no longer watched: a <c>resolved</c> event that says so.</summary>
    PolicyChanged = 7,

    /// <summary>The warning stands as it is: an <c>updated</c> event with the newest points.</summary>
    Going = 8,
}

/// <summary>The consequences of each change.</summary>
internal static class LimitChanges
{
    /// <summary>The change of the alert about it; <see cref="AlertChange.None"/> where nothing is reported.</summary>
    public static AlertChange InAlert(this LimitChange change) => change switch
    {
        LimitChange.None => AlertChange.None,
        LimitChange.Warned => AlertChange.Opened,
        LimitChange.Moved or LimitChange.Reached => AlertChange.Worsened,
        LimitChange.Gone => AlertChange.Gone,
        LimitChange.PolicyChanged => AlertChange.PolicyChanged,
        LimitChange.Going => AlertChange.Progressed,
        _ => AlertChange.Recovered,
    };
}
