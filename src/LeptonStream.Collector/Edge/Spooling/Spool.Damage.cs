namespace LeptonStream.Collector.Edge.Spooling;

/// <content>Records whose bytes the disk has changed.</content>
internal sealed partial class Spool
{
    private const int MostDamage = 100;

    private List<(long First, long Last)> _damage = [];

    /// <summary>
    /// The first and the last sequence of each hole that was found since the last call: records that the disk has changed, at most a
    /// hundred holes.
    /// </summary>
    public IReadOnlyList<(long First, long Last)> TakeDamage()
    {
        lock (_lock)
        {
            var damage = _damage;
            if (damage.Count > 0) _damage = [];
            return damage;
        }
    }

    private void Lose(long first, long last)
    {
        Dropped += Math.Max(0, last - Math.Max(first - 1, _read));
        if (_damage.Count < MostDamage) _damage.Add((first, last));
    }

    // Of a segment whose end was cut, the next one says how many records there were, unless it is of another run. The end of the newest is
    // that of a record which was being written.
    private void FindLostEnds()
    {
        for (var i = 0; i < _segments.Count; i++)
        {
            var (segment, next) = (_segments[i], i + 1 < _segments.Count ? _segments[i + 1].First : 0);
            var first = Math.Max(segment.First, segment.Last + 1);
            if (segment.Cut > 0 && next % Leap != 0 && next > first) Lose(first, next - 1);
        }

        foreach (var empty in _segments.FindAll(segment => segment.Count == 0))
        {
            _segments.Remove(empty);
            empty.Delete();
        }
    }
}
