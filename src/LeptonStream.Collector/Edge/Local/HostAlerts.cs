using System.Text;
using System.Text.Json;
using LeptonStream.Alerts;
using LeptonStream.Collector.Edge.Spooling;

namespace LeptonStream.Collector.Edge.Local;

/// <summary>
/// The alerts of this host that are open, of each its last event: kept in a file of their own, since the detector's state may be lost, and
/// the alerts' spool forgets what is delivered. Used by the worker's thread.
/// </summary>
/// <remarks>
/// A start knows two lists. One is of those that were published, by the file and the spool behind it; the other is of those that the
/// detector knows, by its state and the records judged again. <see cref="Reconcile"/> says which are published and known no more.
/// </remarks>
internal sealed class HostAlerts
{
    private const long MaxBytes = 4 << 20;

    private readonly string _path;
    private readonly Spool _spool;
    private readonly PublishedAlerts _known = new(MaxBytes);
    private PublishedAlerts? _published = new(MaxBytes);
    private bool _isSaved = true;

    /// <param name="path">The file.</param>
    /// <param name="spool">The alerts' spool.</param>
    /// <param name="hasState">Whether the detector has its state, and so the alerts of the file.</param>
    public HostAlerts(string path, Spool spool, bool hasState)
    {
        (_path, _spool) = (path, spool);
        foreach (var line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            var value = Encoding.UTF8.GetBytes(line);
            _published.Take(value);
            if (hasState) _known.Take(value);
        }

        var records = new List<SpoolRecord>();
        for (var reader = spool.ReadFrom(0); reader.Read(records, 64) > 0; records.Clear())
            foreach (var line in records.SelectMany(AlertRecords.EventsOf)) _published.Take(EventOf(line));
    }

    /// <summary>Whether <see cref="Reconcile"/> was asked.</summary>
    public bool IsReconciled => _published is null;

    /// <summary>The sequence of the alerts' spool up to which the file knows them.</summary>
    public long SavedTo { get; private set; }

    /// <summary>Takes an event of the detector, whether it was published now or before.</summary>
    public void Take(AlertEvent alert)
    {
        _known.Take(AlertEventJson.Write(alert));
        _isSaved = false;
    }

    /// <summary>The last events of those that the detector has opened.</summary>
    public List<AlertEvent> Known(string topic) => _known.Open(topic, partition: 0);

    /// <summary>
    /// The last events of those that are published and that the detector does not know. To be asked once, when all is judged again.
    /// </summary>
    public List<AlertEvent> Reconcile(string topic)
    {
        var orphans = _published?.Open(topic, partition: 0).FindAll(alert => !_known.Contains(alert.AlertId)) ?? [];
        _published = null;
        return orphans;
    }

    /// <summary>Writes the file, where anything has changed.</summary>
    /// <exception cref="IOException">The disk does not take it; the one before stays.</exception>
    public void Save()
    {
        // What a start still has to end stands in the file before.
        if (_published is not null) return;
        var next = _spool.Next;
        if (!_isSaved)
        {
            AtomicFile.Write(_path, file =>
            {
                foreach (var last in _known.LastEvents)
                {
                    file.Write(last);
                    file.WriteByte((byte)'\n');
                }
            });
        }

        (_isSaved, SavedTo) = (true, next);
    }

    private static byte[]? EventOf(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.TryGetProperty("data", out var data) ? Encoding.UTF8.GetBytes(data.GetRawText()) : null;
        }
        catch (JsonException)
        {
            // The disk has changed it.
            return null;
        }
    }
}
