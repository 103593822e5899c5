using System.Runtime.CompilerServices;
using System.Text;
using LeptonStream.Collector.Mapping.Store;
using LeptonStream.Collector.Points;
using LeptonStream.Detection.Cleaning;

namespace LeptonStream.Collector.Mapping;

/// <summary>
/// Turns the points of payloads into samples, and keeps the state for it: totals and histograms become rates and quantiles by what came
/// before. One for each source, or partition of it; an instance belongs to one thread at a time. No payload makes it throw.
/// </summary>
/// <remarks>
/// The way of a point: 1. its time; 2. the hash of its series; 3. the decision about the series, which is made once
/// (<see cref="SeriesResolver"/>); 4. its value, rate or quantiles; 5. when all points are through, the histograms whose parts came as
/// points of their own. Nothing is allocated for a series that is known.
/// </remarks>
public sealed partial class PointMapper
{
    // As the detector: earlier is a mistake of unit or clock, and a clock that is this far ahead is refused there.
    private const long Earliest = 946_684_800_000_000_000;
    private const long Ahead = 10L * 60 * 1_000_000_000;

    private const long OriginPause = 60L * 1_000_000_000;

    private readonly SeriesOrigins? _origins;
    private readonly SeriesIdentity _identity = new();
    private readonly CollectorConfig _config;
    private readonly SeriesStore _store;
    private readonly SeriesResolver _resolver;
    private string? _source;
    private long _now;

    /// <summary>Makes a mapper without state.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="origins">Where it says which series it has, to find those that come from two sources; null for nowhere.</param>
    public PointMapper(CollectorConfig config, SeriesOrigins? origins = null)
        : this(config, origins, new(config?.MaxSeriesBytes ?? 0))
    {
    }

    internal PointMapper(CollectorConfig config, SeriesOrigins? origins, SeriesMemory memory)
    {
        ArgumentNullException.ThrowIfNull(config);
        (_config, _origins) = (config, origins);
        _store = new(config.MaxSeries, new(memory));
        _resolver = new(config, _store);
    }

    /// <summary>How many series it keeps the state of.</summary>
    public int SeriesCount => _store.Count;

    /// <summary>How many series have made room for others since the start.</summary>
    public long ForgottenCount => _store.Forgotten;

    // When it mapped last, and whether nobody finds it any more.
    internal long LastMapped { get; private set; }

    internal bool IsForgotten { get; private set; }

    // Gives back the memory of its series.
    internal void Forget()
    {
        IsForgotten = true;
        _store.Clear();
    }

    /// <summary>Maps the points of a payload.</summary>
    /// <param name="points">The points.</param>
    /// <param name="source">Where they came from.</param>
    /// <param name="receivedAtNanoseconds">
    /// When the payload was received (the record's time), in nanoseconds since 1970: the time of points without one.
    /// </param>
    /// <param name="into">Takes the samples; it is not cleared.</param>
    public void Map(PointBatch points, in SourceContext source, long receivedAtNanoseconds, MappedBatch into)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(into);
        if (!string.Equals(_source, source.Source, StringComparison.Ordinal)) _identity.UseSteps(_config.For(source.Source).Step);
        _source = source.Source;
        _now = receivedAtNanoseconds;
        LastMapped = Math.Max(LastMapped, _now);
        _store.ForgetSilent(_now);
        _identity.Begin();
        foreach (ref readonly var point in points.Points) Map(points, point, source, into);
        JoinFamilies(into);
    }

    private void Map(PointBatch points, in Point point, in SourceContext source, MappedBatch into)
    {
        // 1
        var time = point.HasTime ? point.Time : _now;

        if ((point.Flags & PointFlags.Version) != 0)
        {
            Declare(points, point, time, into);
            return;
        }

        // 2
        var part = PartOf(points, point, out var name);
        var id = _identity.Of(points, point, name, source.Labels.Hash, part is Part.None ? default : "le"u8);

        // 3
        var entry = _store.Find(id, _now);
        if (point.IsStale)
        {
            if (!IsEndOfFamily(entry, points, point, part))
            {
                Drop(into, DropReason.Joined, points, point);
                return;
            }

            if (part is Part.None) entry ??= FindOfOtherKind(points, point, name, source);
        }

        if (entry is null)
        {
            if (!_store.TryMakeRoom(_now))
            {
                Drop(into, DropReason.TooManySeries, points, point);
                return;
            }

            entry = Admit(_resolver.Resolve(points, point, id, Encoding.UTF8.GetString(name), part is not Part.None, source));
        }

        // Its samples may have gone to another replica of the collector: the end counts all the same.
        if (point.IsStale)
        {
            End(entry, IsBelieved(time) ? time : _now, into);
            return;
        }

        if (!IsBelieved(time))
        {
            Drop(into, DropReason.TimeOutOfRange, entry, DropTexts.OfTime(time, _now));
            return;
        }

        _store.Touch(entry, _now);
        entry.IsEnded = false;
        if (source.Page is { } page && !ReferenceEquals(entry.Page, page)) PutOn(page, entry);
        if (entry.Refused == DropReason.Collision) Reconsider(entry);
        if (entry.Refused != DropReason.None)
        {
            Drop(into, ReasonOf(entry), entry);
            return;
        }

        if (_now >= entry.OriginDue) SayOrigin(entry, source);
        if (_identity.Step >= 0 && EntityOf(entry) is { } entity) time = entity.Steps.TimeOf(time, _identity.Step);

        // 4
        var reason = part is Part.None ? Take(entry, points, point, time, into) : TakePart(entry, points, point, part, time, into);
        if (reason != DropReason.None) Drop(into, reason, entry);
    }

    private static MappedEntity? EntityOf(SeriesEntry entry)
    {
        foreach (var output in entry.Outputs)
            if (output is not null) return output.Entity;
        return null;
    }

    private bool IsBelieved(long time) => time >= Earliest && time <= _now + Ahead;

    private DropReason Take(SeriesEntry entry, PointBatch points, in Point point, long time, MappedBatch into)
    {
        switch (entry.Role)
        {
            case SeriesRole.Total or SeriesRole.Change: return TakeTotal(entry, point, time, into);
            case SeriesRole.Histogram: return TakeHistogram(entry, points, point, time, into);
            case SeriesRole.Exponential: return TakeExponential(entry, points, point, time, into);
            case SeriesRole.Summary: return TakeSummary(entry, points, point, time, into);
            case SeriesRole.Passed: return Pass(entry, points, point, time, into);
        }

        if (IsNotNewer(entry, time, out var reason)) return reason;
        entry.LastTime = time;
        if (entry.IsQuantile && double.IsNaN(point.Value)) return DropReason.NoTraffic;
        Add(entry, 0, time, Scaled(point.Value, entry.Factor), into);
        return DropReason.None;
    }

    private DropReason TakeTotal(SeriesEntry entry, in Point point, long time, MappedBatch into)
    {
        // Blanks and values that are no number are for the detector to judge: they are no part of the total.
        if (!double.IsFinite(point.Value) || VendorBlank.Is(point.Value))
        {
            if (IsNotNewer(entry, time, out var notNewer)) return notNewer;
            entry.LastTime = time;
            Add(entry, 0, time, point.Value, into);
            return DropReason.None;
        }

        // A change of something that also shrinks may be below zero.
        var reason = entry.Role == SeriesRole.Total
            ? entry.Total.Take(point.Value, time, point.StartTime, out var increase)
            : point.Value < 0 && (point.Flags & PointFlags.NotMonotonic) == 0 ? NoIncrease(out increase)
            : entry.Total.TakeChange(point.Value, time, point.StartTime, out increase);
        if (reason is not (DropReason.Duplicate or DropReason.OutOfOrder)) entry.LastTime = time;
        if (reason == DropReason.None) Add(entry, 0, time, increase.Rate * entry.Factor, into);
        return reason;
    }

    private static DropReason NoIncrease(out Rates.Increase increase)
    {
        increase = default;
        return DropReason.Negative;
    }

    private void SayOrigin(SeriesEntry entry, in SourceContext source)
    {
        entry.OriginDue = _now + OriginPause;
        if (_origins is null) return;
        foreach (var output in entry.Owned)
            if (output is not null) _origins.Saw(output, source, _now);
    }

    private static bool IsNotNewer(SeriesEntry entry, long time, out DropReason reason)
    {
        reason = time == entry.LastTime ? DropReason.Duplicate : DropReason.OutOfOrder;
        return time <= entry.LastTime;
    }

    // The detector knows blanks by their values.
    private static double Scaled(double value, double factor) => factor == 1 || VendorBlank.Is(value) ? value : value * factor;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(SeriesEntry entry, int output, long time, double value, MappedBatch into) =>
        Add(entry.Outputs[output], time, _identity.Step, value, into);

    private static void Add(MappedSeries? series, long time, long step, double value, MappedBatch into)
    {
        if (series is not null) into.Add(series, time, step, value);
    }

    private static void Drop(MappedBatch into, DropReason reason, SeriesEntry entry, string? detail = null)
    {
        foreach (var output in entry.Outputs)
        {
            if (output is null) continue;
            // One that was refused from the first has nothing to do with that of others.
            if (entry.Refused == DropReason.None) into.Saw(reason, output);
            break;
        }

        if (into.KeepsDrops) into.Drop(new MappingDrop(reason, entry.Text, detail ?? DropTexts.Of(reason, entry.Rival)));
        else into.Drop(reason);
    }

    private static void Drop(MappedBatch into, DropReason reason, PointBatch points, in Point point)
    {
        if (into.KeepsDrops) into.Drop(new MappingDrop(reason, points.TextOf(point.Name), DropTexts.Of(reason, null)));
        else into.Drop(reason);
    }
}
