namespace LeptonStream.Alerts;

/// <summary>The reason for which an alert ended. Only <see cref="Recovered"/> says that the trouble is over.</summary>
public enum EndedReason
{
    /// <summary>The series is back where it was before the onset, for a while.</summary>
    Recovered = 0,

    /// <summary>The new level lasted for the policy's accept_after; it did not come back.</summary>
    Accepted = 1,

    /// <summary>The series itself ended; it did not come back.</summary>
    Gone = 2,

    /// <summary>Another judgement took its place.</summary>
    Superseded = 3,

    /// <summary>The policy changed.</summary>
    Policy = 4,

    /// <summary>An error of a device is reported no more; its cause may still be there.</summary>
    Quiet = 5,

    /// <summary>
    /// A reason that this program does not know: a later version ended the alert. Its texts say more. No detector gives it.
    /// </summary>
    Other = 6,
}
