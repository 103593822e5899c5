namespace LeptonStream.Dashboard.Access;

/// <summary>How much somebody may do; each role may do what the ones before it may.</summary>
public enum AccessRole
{
    /// <summary>Nothing but to load the page and sign in.</summary>
    None = 0,

    /// <summary>Read alerts, silences and notifications.</summary>
    Viewer = 1,

    /// <summary>Acknowledge, assign, note, close and silence.</summary>
    Responder = 2,

    /// <summary>Read also who did what: the audit.</summary>
    Admin = 3,
}
