using LeptonStream.Series;

namespace LeptonStream.Collector.Quality;

/// <content>Senders that are heard by other replicas of the collector.</content>
internal sealed partial class EntityBook
{
    /// <summary>Whether fewer messages came here than were due since the last <see cref="Take"/>.</summary>
    public bool IsShort(long since, long now)
    {
        var span = (now - since) / 1e9;
        foreach (var pace in _entities.Values)
            if (pace.End == EntityEnd.None && pace.Due > 0 && span >= pace.Due && pace.Count < Math.Floor(span / pace.Due)) return true;
        return false;
    }

    /// <summary>So many messages of an entity were written since the last <see cref="Take"/>, here and elsewhere.</summary>
    /// <remarks>One that only others hear, for as long as nobody is waited for, is theirs to judge.</remarks>
    public void Hear(SeriesId entity, int count, long newest, long now)
    {
        if (!_entities.TryGetValue(entity, out var pace) || pace.End != EntityEnd.None) return;
        var isHere = pace.Count > 0;
        pace.HearElsewhere(count, newest, now);
        if (!isHere && (now - pace.HeardHere) / 1e9 > PatienceFor(pace)) pace.Finish(EntityEnd.Elsewhere, pace.Last);
    }
}
