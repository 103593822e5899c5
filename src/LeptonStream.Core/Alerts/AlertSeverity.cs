namespace LeptonStream.Alerts;

/// <summary>The severity of an alert; on the wire in lower case, as in the <c>severity</c> label of Prometheus rules.</summary>
public enum AlertSeverity
{
    /// <summary>For the record; nobody need act.</summary>
    Info = 0,

    /// <summary>Look at it in working hours (the warning line of the false-alarm budget).</summary>
    Warning = 1,

    /// <summary>Act now (the critical line, or several metrics of the entity agree).</summary>
    Critical = 2,
}
