using LeptonStream.Collector.Edge.Spooling;

namespace LeptonStream.Collector.Edge.Local;

/// <summary>Gets the alerts of this host.</summary>
internal interface IAlertTarget
{
    /// <summary>Its name: of its cursor, in metrics, and for people.</summary>
    string Name { get; }

    /// <summary>Delivers the events of one record.</summary>
    /// <returns>Reason for which it is to be tried again; null where it is done with, be it that the target will never take it.</returns>
    Task<string?> Deliver(SpoolRecord record, CancellationToken stop);
}
