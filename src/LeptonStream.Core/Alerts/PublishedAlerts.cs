using System.Text.Json;

namespace LeptonStream.Alerts;

/// <summary>
/// The alerts that a log of alert events shows as open, of each its last event. They take a bounded number of bytes: of more, those that
/// said nothing for longest are left out.
/// </summary>
/// <param name="maxBytes">Bytes of all last events, &gt; 0; those of an alert are some ten thousand, with its chart.</param>
public sealed class PublishedAlerts(long maxBytes)
{
    private static readonly string[] Types = [.. Enum.GetValues<AlertEventType>().Select(AlertEventJson.NameOf)];

    private readonly Dictionary<string, LinkedListNode<(string AlertId, byte[] Event)>> _open = [];
    private readonly LinkedList<(string AlertId, byte[] Event)> _byAge = [];
    private long _bytes;

    /// <summary>The number of those that found no room, since it was made; ≥ 0.</summary>
    public int LeftOut { get; private set; }

    /// <summary>The last event of each open alert as it was written, those first that said nothing for longest.</summary>
    public IEnumerable<byte[]> LastEvents => _byAge.Select(open => open.Event);

    /// <summary>Whether an alert of this id is open.</summary>
    public bool Contains(string alertId) => _open.ContainsKey(alertId);

    /// <summary>Takes the next record's value; what is no event is left alone.</summary>
    /// <param name="value">An event as <see cref="AlertEventJson"/> writes it; null and other bytes are ignored.</param>
    public void Take(byte[]? value)
    {
        if (value is null || !TryPeek(value, out var alert, out var isEnd)) return;
        if (_open.TryGetValue(alert, out var known)) Drop(known);
        if (isEnd) return;
        _open.Add(alert, _byAge.AddLast((alert, value)));
        _bytes += value.Length;
        while (_bytes > maxBytes && _byAge.First is { } oldest)
        {
            Drop(oldest);
            LeftOut++;
        }
    }

    /// <summary>The last event of each alert that is open, of one input partition.</summary>
    /// <param name="topic">The input topic's name.</param>
    /// <param name="partition">The input partition's number.</param>
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

    // Both stand among the first fields: most of an event is not read, unless a later version gave it a type of its own.
    private static bool TryPeek(ReadOnlySpan<byte> value, out string alert, out bool isEnd)
    {
        (alert, isEnd) = ("", false);
        string? id = null, type = null, reason = null;
        try
        {
            var json = new Utf8JsonReader(value);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return false;
            while ((id is null || type is null || (reason is null && !Types.Contains(type))) && json.Read()
                && json.TokenType == JsonTokenType.PropertyName)
            {
                var (isId, isType, isReason) =
                    (json.ValueTextEquals("alertId"), json.ValueTextEquals("type"), json.ValueTextEquals("endedReason"));
                if (!json.Read()) return false;
                if ((isId || isType) && json.TokenType != JsonTokenType.String) return false;
                if (isId) id = json.GetString();
                else if (isType) type = json.GetString();
                else if (isReason && json.TokenType == JsonTokenType.String) reason = json.GetString();
                else json.Skip();
            }
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return false;
        }

        if (id is null || type is null) return false;
        (alert, isEnd) = (id, type == AlertEventJson.NameOf(AlertEventType.Resolved) || (reason is not null && !Types.Contains(type)));
        return true;
    }
}
