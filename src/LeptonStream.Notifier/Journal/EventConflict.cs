using System.IO.Hashing;
using LeptonStream.Samples;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Journal;

/// <summary>An event that says something else than the journal knows under the same id.</summary>
/// <param name="Record">The event.</param>
/// <param name="KnownId">Id of the known event, or of the known alert, that it contradicts.</param>
internal sealed record EventConflict(JournalRecord Record, string KnownId)
{
    /// <summary>Keeps a conflict; the same one once more is no news.</summary>
    public const string Insert =
        """
        insert into event_conflict (event_id, content, alert_id, known_id, topic, kafka_partition, kafka_offset, recorded_at, payload)
        values (@Id, @content, @AlertId, @KnownId, @Topic, @Partition, @Offset, @recordedAt, @payload)
        on conflict (event_id, content) do nothing
        """;

    /// <summary>The parameters of <see cref="Insert"/>.</summary>
    public object Row(Timestamp now) => new
    {
        Record.Event!.Id,
        content = Convert.ToHexStringLower(XxHash128.Hash(Record.Payload)),
        Record.Event.AlertId,
        KnownId,
        Record.Topic,
        Record.Partition,
        Record.Offset,
        recordedAt = now.UnixMilliseconds,
        payload = Record.Text,
    };
}
