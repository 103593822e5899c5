namespace LeptonStream.Alerts;

/// <summary>
/// The type of an event; the last part but one of the CloudEvents type <c>io.leptonstream.alert.opened.v1</c>.
/// </summary>
public enum AlertEventType
{
    /// <summary>A new alert: the first event of its alert id.</summary>
    Opened = 0,

    /// <summary>The alert goes on, and its severity or its worst score changed by much.</summary>
    Updated = 1,

    /// <summary>The alert is over: the last event of its alert id.</summary>
    Resolved = 2,

    /// <summary>A limit is expected to be reached: the first event of its alert id, and each one with a new time.</summary>
    EarlyWarning = 3,
}
