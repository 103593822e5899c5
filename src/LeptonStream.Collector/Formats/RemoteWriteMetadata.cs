using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>The types and units that a request of remote write 1.0 tells of metric families, beside its series.</summary>
internal sealed class RemoteWriteMetadata
{
    // A request holds metadata or series, seldom both; so many families are looked through for each series.
    private const int Most = 256;

    private readonly List<(Text Family, FamilyType Type, Text Unit)> _families = [];

    public void Clear() => _families.Clear();

    public void Add(Text family, FamilyType type, Text unit)
    {
        if (_families.Count < Most && !family.IsEmpty) _families.Add((family, type, unit));
    }

    /// <summary>Gives a point the kind and the unit of its family; by its name where the request does not tell.</summary>
    public void Apply(PointBatch batch, ref Point point)
    {
        var name = batch.BytesOf(point.Name);
        foreach (var (family, type, unit) in _families)
        {
            if (!name.StartsWith(batch.BytesOf(family))) continue;
            var suffix = name[family.Length..];
            if (!suffix.IsEmpty && !IsPart(suffix)) continue;
            point.Unit = unit;
            SetKind(ref point, type, suffix);
            return;
        }

        SetKindByName(batch, ref point);
    }

    /// <summary>The kind of a series by the end of its name alone.</summary>
    public static void SetKindByName(PointBatch batch, ref Point point) =>
        SetKind(ref point, FamilyType.Unknown, SuffixOf(batch.BytesOf(point.Name)));

    /// <summary>The kind of a series by the type of its family and the end of its name.</summary>
    public static void SetKind(ref Point point, FamilyType type, ReadOnlySpan<byte> suffix)
    {
        var isPart = type is FamilyType.Histogram or FamilyType.Summary or FamilyType.GaugeHistogram && !suffix.IsEmpty;
        if (isPart || suffix.SequenceEqual("_bucket"u8)) point.Flags |= PointFlags.Part;
        point.Kind = type switch
        {
            FamilyType.Counter => PointKind.Cumulative,
            FamilyType.Histogram or FamilyType.Summary => suffix.IsEmpty ? PointKind.Gauge : PointKind.Cumulative,
            FamilyType.Unknown => IsTotal(suffix) ? PointKind.Cumulative : PointKind.Untyped,
            _ => PointKind.Gauge,
        };
        if (point.Kind == PointKind.Cumulative) point.Temporality = Temporality.Cumulative;
    }

    /// <summary>The end of a name that says what part of a family a series is; empty where it says nothing.</summary>
    public static ReadOnlySpan<byte> SuffixOf(ReadOnlySpan<byte> name)
    {
        var at = name.LastIndexOf((byte)'_');
        return at > 0 && IsPart(name[at..]) ? name[at..] : default;
    }

    private static bool IsTotal(ReadOnlySpan<byte> suffix) => suffix.SequenceEqual("_total"u8) || suffix.SequenceEqual("_bucket"u8);

    private static bool IsPart(ReadOnlySpan<byte> suffix) =>
        IsTotal(suffix) || suffix.SequenceEqual("_sum"u8) || suffix.SequenceEqual("_count"u8);

    /// <summary>The number of a type in both versions of the protocol.</summary>
    public static FamilyType TypeOf(ulong number) => number switch
    {
        1 => FamilyType.Counter,
        2 => FamilyType.Gauge,
        3 => FamilyType.Histogram,
        4 => FamilyType.GaugeHistogram,
        5 => FamilyType.Summary,
        6 => FamilyType.Info,
        7 => FamilyType.StateSet,
        _ => FamilyType.Unknown,
    };
}
