using System.Text;
using LeptonStream.Alerts;
using LeptonStream.Samples;

namespace LeptonStream.Notifier.Journal;

/// <summary>One record of the alerts topic on its way into the journal.</summary>
/// <param name="Topic">Topic of the record.</param>
/// <param name="Partition">Partition of the record.</param>
/// <param name="Offset">Offset of the record.</param>
/// <param name="PublishedAt">The record's own time in the log.</param>
/// <param name="Event">The event; null where the record holds none and only moves the position.</param>
/// <param name="Payload">The event's JSON as on the topic, UTF-8; empty without an event.</param>
internal sealed record JournalRecord(string Topic, int Partition, long Offset, Timestamp PublishedAt, AlertEvent? Event, byte[] Payload)
{
    /// <summary>The probe that came back with it; null where it holds none.</summary>
    public Probe? Probe { get; init; }

    private string? _text;

    /// <summary>The payload as text. Made when it is asked for: of most records that come again it never is.</summary>
    public string Text => _text ??= Encoding.UTF8.GetString(Payload);
}

/// <summary>The outcome of a batch.</summary>
/// <param name="Recorded">Events that are new.</param>
/// <param name="Repeated">Events that were in the journal already, with the same content.</param>
/// <param name="Skipped">Records below the stored position: another notifier had them.</param>
/// <param name="Conflicts">Events whose id, or whose alert's, is known with another content: kept apart.</param>
internal readonly record struct JournalOutcome(int Recorded, int Repeated, int Skipped, int Conflicts);
