using System.Text.Json;
using LeptonStream.Alerts;

namespace LeptonStream.Detector.Snapshots;

/// <summary>
/// The alerts that a partition of the alerts topic shows as open, of each its last event. They take a bounded number of bytes: of more,
/// those that said nothing for longest are left out.
/// </summary>
internal sealed class PublishedAlerts
{
    // Of some thousand alerts, with their charts.
    private const long MaxBytes = 32 << 20;

    private readonly Dictionary<string, LinkedListNode<(string AlertId, byte[] Event)>> _open = [];
    private readonly LinkedList<(string AlertId, byte[] Event)> _byAge = [];
    private long _bytes;

    /// <summary>The number of those that found no room.</summary>
    public int LeftOut { get; private set; }

    /// <summary>Takes the next record's value; what is no event is left alone.</summary>
    public void Take(byte[]? value)
    {
        if (value is null || !TryPeek(value, out var alert, out var isEnd)) return;
        if (_open.TryGetValue(alert, out var known)) Drop(known);
        if (isEnd) return;
        _open.Add(alert, _byAge.AddLast((alert, value)));
        _bytes += value.Length;
        while (_bytes > MaxBytes && _byAge.First is { } oldest)
        {
            Drop(oldest);
            LeftOut++;
        }
    }

    /// <summary>The last event of each alert that is open, of one input partition.</summary>
    public List<AlertEvent> Open(string topic, int partition)
    {
        var open = new List<AlertEvent>();
        foreach (var (_, value) in _byAge)
            if (AlertEventJson.TryRead(value, out var last, out var _) && last!.SourceTopic == topic && last.SourcePartition == partition)
                open.Add(last);
        return open;
    }

    private void Drop(LinkedListNode<(string AlertId, byte[] Event)> node)
    {
        _bytes -= node.Value.Event.Length;
        _open.Remove(node.Value.AlertId);
        _byAge.Remove(node);
    }

    // Both stand among the first fields: most of an event is not read.
    private static bool TryPeek(ReadOnlySpan<byte> value, out string alert, out bool isEnd)
    {
        (alert, isEnd) = ("", false);
        string? id = null, type = null;
        try
        {
            var json = new Utf8JsonReader(value);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return false;
            while ((id is null || type is null) && json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var (isId, isType) = (json.ValueTextEquals("alertId"), json.ValueTextEquals("type"));
                if (!json.Read()) return false;
                if ((isId || isType) && json.TokenType != JsonTokenType.String) return false;
                if (isId) id = json.GetString();
                else if (isType) type = json.GetString();
                else json.Skip();
            }
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return false;
        }

        if (id is null || type is null) return false;
        (alert, isEnd) = (id, type == AlertEventJson.NameOf(AlertEventType.Resolved));
        return true;
    }
}
