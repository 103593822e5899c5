namespace LeptonStream.Dashboard.Access;

/// <summary>
/// How much somebody may do; each role may do what the ones before it may. No two add up to another: a list of names is no role.
/// </summary>
public enum AccessRole
{
    /// <summary>Nothing but to load the page and sign in.</summary>
    None = 0,

    /// <summary>Read alerts, silences, notifications and the actions on an alert.</summary>
    Viewer = 1,

    /// <summary>Acknowledge, assign, note, close and silence.</summary>
    Responder = 2,

    /// <summary>Read the audit of all alerts and silences; send undelivered notifications again, or drop them.</summary>
    Admin = 4,
}
