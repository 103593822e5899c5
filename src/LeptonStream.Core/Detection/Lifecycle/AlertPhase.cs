namespace LeptonStream.Detection.Lifecycle;

/// <summary>The phase of an alert.</summary>
public enum AlertPhase
{
    /// <summary>Nothing is anomalous.</summary>
    Quiet = 0,

    /// <summary>Something is anomalous; the evidence is not enough yet.</summary>
    Pending = 1,

    /// <summary>An alert is open.</summary>
    Open = 2,
}
