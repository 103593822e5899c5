namespace LeptonStream.Access;

/// <summary>
/// How much somebody may do; each role may do what the ones before it may, but for programs that only send. No two add up to another: a
/// list of names is no role.
/// </summary>
public enum AccessRole
{
    /// <summary>Nothing but to load the page and sign in.</summary>
    None = 0,

    /// <summary>Read alerts, silences, notifications and the actions on an alert.</summary>
    Viewer = 1,

    /// <summary>Acknowledge, assign, note, close and silence; send alerts.</summary>
    Responder = 2,

    /// <summary>Read the audit of all alerts and silences; send undelivered notifications again, or drop them.</summary>
    Admin = 4,

    /// <summary>Send alerts by <c>POST /api/v2/alerts</c>, as Prometheus does, and nothing else.</summary>
    Sender = 8,
}
