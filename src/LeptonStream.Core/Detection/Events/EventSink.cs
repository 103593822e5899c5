using LeptonStream.Alerts;

namespace LeptonStream.Detection.Events;

/// <summary>Takes the events of one record, with the facts that they and their ids are made from.</summary>
/// <param name="Position">The record.</param>
/// <param name="TopicId">The input topic's own id: a topic that is made again under its name has another.</param>
/// <param name="Events">Takes the events, in order.</param>
internal readonly record struct EventSink(RecordPosition Position, UInt128 TopicId, EventQueue Events)
{
    /// <summary>Whether there is room for further events: see <see cref="EventQueue.HasRoom"/>.</summary>
    public bool HasRoom => Events.HasRoom;

    /// <summary>Takes an event.</summary>
    public void Add(AlertEvent made) => Events.Add(made);
}
