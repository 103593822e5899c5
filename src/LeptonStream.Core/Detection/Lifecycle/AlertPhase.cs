namespace LeptonStream.Detection.Lifecycle;

/// <summary>Where an alert stands.</summary>
public enum AlertPhase
{
    /// <summary>Nothing is anomalous.</summary>
    Quiet = 0,

    /// <summary>Something is anomalous; the evidence is not enough yet.</summary>
    Pending = 1,

    /// <summary>An alert is open.</summary>
    Open = 2,
}
