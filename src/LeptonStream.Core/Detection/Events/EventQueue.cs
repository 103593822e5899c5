using LeptonStream.Alerts;

namespace LeptonStream.Detection.Events;

/// <summary>
/// The events on their way out of a partition, bounded whatever a record says: what one record makes beyond the limit waits for the records
/// (or ticks) after it. Updates that bring only newer points find no room where many wait, and are counted and dropped. The opening of an
/// alert, its changes and its end nobody says again: whoever can puts them off while <see cref="HasRoom"/> is false, and they are dropped
/// only where more bytes wait than in any outage. Used by one thread.
/// </summary>
/// <param name="perRecord">The most events that one record lets out.</param>
internal sealed class EventQueue(int perRecord)
{
    // So many records' events may wait, and so many bytes; of those that are not said again, as many as 5,000 alerts have.
    private const int Records = 5;
    private const long MaxBytes = 16 << 20;
    private const long MostBytes = 64 << 20;

    private readonly List<AlertEvent> _made = [];
    private readonly Queue<AlertEvent> _waiting = [];
    private long _waitingBytes;
    private long _madeBytes;
    private int _kept;

    /// <summary>Number of events that found no room, since the partition began.</summary>
    public long Dropped { get; private set; }

    /// <summary>Events of earlier records that wait.</summary>
    public IReadOnlyCollection<AlertEvent> Waiting => _waiting;

    /// <summary>Takes an event back that waited.</summary>
    public void Restore(AlertEvent waiting)
    {
        _waiting.Enqueue(waiting);
        _waitingBytes += AlertEventSize.Estimate(waiting);
    }

    /// <summary>Whether there is room for further events: who can put off what leads to one waits until there is.</summary>
    public bool HasRoom => HasRoomFor(AlertEventSize.MaxBytes);

    /// <summary>Whether events of earlier records wait.</summary>
    public bool IsWaiting => _waiting.Count > 0;

    /// <summary>Begins a record. What the one before made and did not release is forgotten: judging it has failed.</summary>
    public void Begin()
    {
        _made.Clear();
        _madeBytes = 0;
        _kept = 0;
    }

    /// <summary>What was made so far is not of the record at hand: it stays where judging that fails.</summary>
    public void Keep() => _kept = _made.Count;

    /// <summary>Judging the record at hand has failed: what was made before <see cref="Keep"/> waits for the next.</summary>
    public void GiveUp()
    {
        foreach (var made in _made.Take(_kept)) Restore(made);
        Begin();
    }

    /// <summary>Takes an event of the record at hand.</summary>
    public void Add(AlertEvent made)
    {
        var bytes = AlertEventSize.Estimate(made);
        if (made.IsProgress ? !HasRoomFor(bytes) : _waitingBytes + _madeBytes + bytes > MostBytes)
        {
            Dropped++;
            return;
        }

        _made.Add(AlertEventSize.Fit(made));
        _madeBytes += bytes;
    }

    /// <summary>Lets out what the record may, the oldest first.</summary>
    public void Release(List<AlertEvent> events)
    {
        var room = perRecord;
        for (; room > 0 && _waiting.TryDequeue(out var waiting); room--)
        {
            events.Add(waiting);
            _waitingBytes -= AlertEventSize.Estimate(waiting);
        }

        foreach (var made in _made)
        {
            if (room-- > 0)
            {
                events.Add(made);
                continue;
            }

            _waiting.Enqueue(made);
            _waitingBytes += AlertEventSize.Estimate(made);
        }

        Begin();
    }

    private bool HasRoomFor(long bytes) =>
        _waiting.Count + _made.Count < Records * perRecord && _waitingBytes + _madeBytes + bytes <= MaxBytes;
}
