using LeptonStream.Alerts;
using LeptonStream.Samples;

namespace LeptonStream.Notifier.Journal;

/// <summary>One record of the alerts topic on its way into the journal.</summary>
/// <param name="Topic">Where it is from.</param>
/// <param name="Partition">Where it is from.</param>
/// <param name="Offset">Where it is from.</param>
/// <param name="PublishedAt">The record's own time in the log.</param>
/// <param name="Event">The event; null where the record holds none and only moves the position.</param>
/// <param name="Payload">The event's JSON as on the topic; null without an event.</param>
internal sealed record JournalRecord(string Topic, int Partition, long Offset, Timestamp PublishedAt, AlertEvent? Event, string? Payload);

/// <summary>What became of a batch.</summary>
/// <param name="Recorded">Events that are new.</param>
/// <param name="Repeated">Events that were in the journal already, by their id.</param>
/// <param name="Skipped">Records below the stored position: another notifier had them.</param>
internal readonly record struct JournalOutcome(int Recorded, int Repeated, int Skipped);
