using LeptonStream.Alerts;

namespace LeptonStream.Detection.Events;

/// <summary>Where the events of one record go, and what they are numbered by.</summary>
/// <param name="Position">The record.</param>
/// <param name="Events">Takes the events, in order.</param>
internal readonly record struct EventSink(RecordPosition Position, List<AlertEvent> Events)
{
    private readonly int _first = Events.Count;

    /// <summary>How many events the record has made before: part of the next one's id.</summary>
    public int Ordinal => Events.Count - _first;

    /// <summary>Takes an event.</summary>
    public void Add(AlertEvent made) => Events.Add(made);
}
