using LeptonStream.Collector.Mapping.Store;

namespace LeptonStream.Collector.Quality;

/// <summary>
/// The families of metrics of a model. Families that vanish together while their senders go on, or others that come in their place, are a
/// changed schema: one notice names them.
/// </summary>
internal sealed class FamilyBook
{
    private const int Most = 5_000;
    private const int MostNamed = 4;
    private const long Second = 1_000_000_000;

    // Totals say nothing for five minutes behind a restart, and senders begin one after the other.
    private const long LeastSilence = 600 * Second;
    private const long Together = 300 * Second;

    // A family that only some hours of the day bring has shown it by then.
    private const long Replaceable = 3600 * Second;
    private const long Established = 24 * Replaceable;
    private const int LeastSeen = 30;

    // One that vanishes alone may come again; where it never paused, not after an hour.
    private const long AloneFor = 3600 * Second;

    // New ones alone are a new schema where they are many.
    private const int ManyNew = 5;

    private readonly Dictionary<string, NamedSeries> _families = new(StringComparer.Ordinal);
    private readonly NamedSeries _others;
    private readonly long _began;

    /// <summary>Makes a book of a model that is seen first now.</summary>
    public FamilyBook(long now) => (_began, _others) = (now, new(this, "", now));

    /// <summary>The family of a metric: all that a histogram becomes is one.</summary>
    public NamedSeries Of(string metric, long now)
    {
        foreach (var suffix in DistributionOutputs.Suffixes)
        {
            if (!metric.EndsWith(suffix, StringComparison.Ordinal)) continue;
            metric = metric[..^suffix.Length];
            break;
        }

        if (_families.TryGetValue(metric, out var family)) return family;
        if (_families.Count >= Most) return _others;
        _families.Add(metric, family = new(this, metric, now));
        return family;
    }

    /// <summary>Finds out which families have come or gone, and which have changed their unit.</summary>
    public void Take(long now, EntityBook entities, QualityNotices notices)
    {
        List<NamedSeries> gone = [.. _families.Values.Where(family => IsGone(family, now))];
        foreach (var family in gone) family.IsGone = true;
        if (gone.Count > 0) SayGone(gone, now, entities, notices);
        SayAlone(now, entities, notices);
        SayNew(now, notices);
        foreach (var (name, family) in _families)
        {
            if (family.TakeJump(now) is { } factor) notices.Raise(QualityNotices.UnitChanged, name, factor, now);
            if (now - family.Last > Established) _families.Remove(name);
        }
    }

    private static bool IsGone(NamedSeries family, long now) => !family.IsGone && family is { Count: >= LeastSeen, IsByStep: false }
        && family.Last - family.First >= Replaceable && now - family.Last > Math.Max(LeastSilence, 2 * family.Longest);

    private void SayGone(List<NamedSeries> gone, long now, EntityBook entities, QualityNotices notices)
    {
        var since = gone.Min(family => family.Last) - Together;
        List<NamedSeries> born = [.. _families.Values.Where(family => IsNew(family) && family.First >= since)];
        if (born.Count == 0)
        {
            // Their senders have left, and took them along; or it is night, and nothing happens that they count.
            gone.RemoveAll(family => !entities.IsAlive(family.Owner) || family.Last - family.First < Established);
            if (gone.Count < 2) return;
        }

        foreach (var family in gone) family.IsGoneSaid = true;
        foreach (var family in born) family.IsSaid = true;
        notices.Raise(QualityNotices.SchemaChanged, string.Join("; ", Names("gone", gone), Names("new", born)).Trim(' ', ';'),
            gone.Count + born.Count, now);
    }

    private void SayAlone(long now, EntityBook entities, QualityNotices notices)
    {
        List<NamedSeries> gone = [.. _families.Values.Where(family => family is { IsGone: true, IsGoneSaid: false }
            && now - family.Last > AloneFor && family.Longest <= LeastSilence && family.Last - family.First >= Established
            && entities.IsAlive(family.Owner))];
        foreach (var family in gone) family.IsGoneSaid = true;
        if (gone.Count > 0) notices.Raise(QualityNotices.SchemaChanged, Names("gone", gone), gone.Count, now);
    }

    private void SayNew(long now, QualityNotices notices)
    {
        // Until then it shows whether others have gone for them.
        List<NamedSeries> born = [.. _families.Values.Where(family => IsNew(family) && now - family.First > LeastSilence + Together)];
        foreach (var family in born) family.IsSaid = true;
        if (born.Count >= ManyNew) notices.Raise(QualityNotices.SchemaChanged, Names("new", born), born.Count, now);
    }

    private bool IsNew(NamedSeries family) =>
        family is { IsSaid: false, Count: > 1, IsByStep: false } && family.First - _began > Replaceable;

    private static string Names(string what, List<NamedSeries> families) => families.Count == 0 ? "" : $"{what}: "
        + string.Join(", ", families.Select(family => family.Name).Order(StringComparer.Ordinal).Take(MostNamed))
        + (families.Count > MostNamed ? $" and {families.Count - MostNamed} more" : "");
}
