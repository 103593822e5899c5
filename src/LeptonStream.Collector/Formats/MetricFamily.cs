using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>The types that Prometheus and OpenMetrics declare.</summary>
internal enum FamilyType
{
    Unknown,
    Counter,
    Gauge,
    Histogram,
    GaugeHistogram,
    Summary,
    Info,
    StateSet,
}

/// <summary>
/// The family at hand of a Prometheus page: puts the lines of a histogram or summary together to one point for each label set, whatever
/// their order within the family.
/// </summary>
internal sealed class MetricFamily
{
    private readonly Dictionary<ulong, int> _series = [];
    // The lines of a label set mostly follow each other.
    private (ulong Labels, int Point) _last = (0, -1);
    private PointBatch _batch = null!;

    public Text Name { get; private set; }

    public Text Unit { get; set; }

    public FamilyType Type { get; set; }

    /// <summary>Whether lines of it were seen.</summary>
    public bool IsBegun { get; private set; }

    public void Begin(PointBatch batch, Text name)
    {
        _batch = batch;
        ClearSeries();
        Name = name;
        Unit = default;
        Type = FamilyType.Unknown;
        IsBegun = false;
    }

    /// <summary>How a line with this name belongs to the family; <see cref="Role.None"/> where it does not.</summary>
    public Role RoleOf(ReadOnlySpan<byte> name)
    {
        var family = _batch.BytesOf(Name);
        if (family.IsEmpty || !name.StartsWith(family)) return Role.None;
        var suffix = name[family.Length..];
        if (suffix.IsEmpty) return Type == FamilyType.Summary ? Role.Quantile : Role.Value;
        switch (Type)
        {
            case FamilyType.Counter:
                return suffix.SequenceEqual("_total"u8) ? Role.Value : suffix.SequenceEqual("_created"u8) ? Role.Created : Role.None;
            case FamilyType.Histogram or FamilyType.GaugeHistogram or FamilyType.Summary:
                if (suffix.SequenceEqual("_bucket"u8) && Type != FamilyType.Summary) return Role.Bucket;
                if (suffix.SequenceEqual("_sum"u8) || suffix.SequenceEqual("_gsum"u8)) return Role.Sum;
                if (suffix.SequenceEqual("_count"u8) || suffix.SequenceEqual("_gcount"u8)) return Role.Count;
                return suffix.SequenceEqual("_created"u8) ? Role.Created : Role.None;
            case FamilyType.Info:
                return suffix.SequenceEqual("_info"u8) ? Role.Value : Role.None;
            default:
                return Role.None;
        }
    }

    /// <summary>
    /// The point of a label set, by the hash of its labels: one that is there, whose labels are then those it has, or a new one. Negative
    /// where no more may be added.
    /// </summary>
    public int PointOf(ulong labels, int firstLabel)
    {
        IsBegun = true;
        var known = Find(labels);
        if (known >= 0)
        {
            _batch.KeepLabels(firstLabel);
            return known;
        }

        if (!_batch.MayAdd()) return -1;
        ref var point = ref _batch.Add();
        point.Name = Name;
        point.Unit = Unit;
        point.Labels = _batch.LabelsSince(firstLabel);
        (point.Kind, point.Temporality) = Type switch
        {
            FamilyType.Summary => (PointKind.Summary, Temporality.Cumulative),
            // Each scrape of one stands for itself, as the histogram of a delta does.
            FamilyType.GaugeHistogram => (PointKind.Histogram, Temporality.Delta),
            _ => (PointKind.Histogram, Temporality.Cumulative),
        };
        _batch.AddDistribution().Count = double.NaN;
        Put(labels, _batch.PointCount - 1);
        return _batch.PointCount - 1;
    }

    /// <summary>The point of a label set that is there; negative where there is none.</summary>
    public int Find(ulong labels) =>
        _last.Point >= 0 && _last.Labels == labels ? _last.Point : _series.TryGetValue(labels, out var point) ? point : -1;

    private void Put(ulong labels, int point) => (_series[labels], _last) = (point, (labels, point));

    private void ClearSeries()
    {
        _series.Clear();
        _last = (0, -1);
    }

    /// <summary>A point of a plain family, which no later line adds to but one with its time of creation.</summary>
    public void Remember(ulong labels, int point)
    {
        IsBegun = true;
        if (Type == FamilyType.Counter) Put(labels, point);
    }

    /// <summary>Ends the family: histograms get their bounds and counts, and those that contradict themselves are taken out.</summary>
    public void End()
    {
        var firstWrong = int.MaxValue;
        if (Type is FamilyType.Histogram or FamilyType.GaugeHistogram or FamilyType.Summary)
            foreach (var at in _series.Values)
            {
                if (PairedDistribution.TryFinish(_batch, ref _batch.At(at))) continue;
                PointBatch.Mark(ref _batch.At(at));
                firstWrong = Math.Min(firstWrong, at);
            }

        if (firstWrong < int.MaxValue) _batch.DropMarked(firstWrong);
        ClearSeries();
    }

    /// <summary>What a line says of its family.</summary>
    public enum Role
    {
        None,
        Value,
        Quantile,
        Bucket,
        Sum,
        Count,
        Created,
    }
}
