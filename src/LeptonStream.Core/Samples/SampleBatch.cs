using System.Runtime.InteropServices;
using System.Text;
using LeptonStream.Drift;
using LeptonStream.Series;

namespace LeptonStream.Samples;

/// <summary>
/// The content of one message, in arrays that are used again for the next one: entities, and under each its metrics.
/// Texts stay UTF-8 until somebody asks for them, which only a new series does.
/// </summary>
public sealed class SampleBatch
{
    private readonly List<Entity> _entities = [];
    private readonly List<Metric> _metrics = [];
    private readonly List<(Slice Name, Slice Value)> _labels = [];
    private readonly List<DistributionSample> _distributions = [];
    private readonly List<Slice> _ended = [];
    private byte[] _text = new byte[4096];
    private int _used;

    /// <summary>The place of a text in the batch's buffer.</summary>
    /// <param name="Start">First byte.</param>
    /// <param name="Length">Bytes.</param>
    public readonly record struct Slice(int Start, int Length);

    /// <summary>One entity at one time.</summary>
    /// <param name="Id">The hash of its model and labels.</param>
    /// <param name="Model">The model's name, UTF-8.</param>
    /// <param name="FirstLabel">The place of its first label among those of the message.</param>
    /// <param name="LabelCount">Number of its labels, from 0.</param>
    /// <param name="Time">Event time.</param>
    /// <param name="Step">The step of its training run; −1 where it has none.</param>
    /// <param name="FirstMetric">The place of its first metric among those of the message.</param>
    /// <param name="MetricCount">Number of its metrics, from 0.</param>
    /// <param name="FirstDistribution">The place of its first distribution among those of the message.</param>
    /// <param name="DistributionCount">Number of its distributions, from 0.</param>
    /// <param name="FirstEnded">The place of its first metric that ends among those of the message.</param>
    /// <param name="EndedCount">Number of its metrics that end, from 0.</param>
    /// <param name="Version">The version in its field, UTF-8, up to 1,024 bytes; empty for none.</param>
    /// <param name="IsDeclaration">Whether the message only declares the version of the model, and has no values.</param>
    public readonly record struct Entity(
        SeriesId Id, Slice Model, int FirstLabel, int LabelCount, Timestamp Time, long Step, int FirstMetric, int MetricCount,
        int FirstDistribution, int DistributionCount, int FirstEnded, int EndedCount, Slice Version, bool IsDeclaration);

    /// <summary>One metric of an entity.</summary>
    /// <param name="Id">The series.</param>
    /// <param name="Name">Its name.</param>
    /// <param name="Value">Its value; not finite where the producer said so.</param>
    public readonly record struct Metric(SeriesId Id, Slice Name, double Value);

    /// <summary>One distribution of an entity.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Sample">The values of the message.</param>
    /// <param name="Reference">The reference that it declares, or null.</param>
    public readonly record struct DistributionSample(Slice Name, Distribution Sample, Distribution? Reference);

    /// <summary>The entities, in the order of the message.</summary>
    public ReadOnlySpan<Entity> Entities => CollectionsMarshal.AsSpan(_entities);

    /// <summary>The metrics of an entity, in the order of the message.</summary>
    public ReadOnlySpan<Metric> MetricsOf(in Entity entity) =>
        CollectionsMarshal.AsSpan(_metrics).Slice(entity.FirstMetric, entity.MetricCount);

    /// <summary>The distributions of an entity, in the order of the message.</summary>
    public ReadOnlySpan<DistributionSample> DistributionsOf(in Entity entity) =>
        CollectionsMarshal.AsSpan(_distributions).Slice(entity.FirstDistribution, entity.DistributionCount);

    /// <summary>The names of the metrics of an entity that end with the message.</summary>
    public ReadOnlySpan<Slice> EndedOf(in Entity entity) => CollectionsMarshal.AsSpan(_ended).Slice(entity.FirstEnded, entity.EndedCount);

    /// <summary>The version of the model that an entity says, in its field or else its label, UTF-8; empty where it says none.</summary>
    public ReadOnlySpan<byte> VersionOf(in Entity entity)
    {
        if (entity.Version.Length > 0) return BytesOf(entity.Version);
        foreach (var (name, value) in CollectionsMarshal.AsSpan(_labels).Slice(entity.FirstLabel, entity.LabelCount))
            if (BytesOf(name).SequenceEqual("model_version"u8)) return BytesOf(value);
        return default;
    }

    /// <summary>The full key of a series as text. Allocates; for series that are seen for the first time.</summary>
    public SeriesKey KeyOf(in Entity entity, in Metric metric) =>
        new(TextOf(entity.Model), TextOf(metric.Name), LabelSet.Of(_labels
            .GetRange(entity.FirstLabel, entity.LabelCount)
            .Select(l => KeyValuePair.Create(TextOf(l.Name), TextOf(l.Value)))));

    /// <summary>Number of labels of the message left out because its entities have more than they may.</summary>
    public int LabelsLeftOut { get; private set; }

    /// <summary>
    /// How many entities of the message had a time that lay further ahead of the log than a clock may, and was set back.
    /// </summary>
    public int TimesSetBack { get; internal set; }

    /// <summary>The key of a metric as text, beside one of the same entity that is known already and whose labels it shares.</summary>
    public SeriesKey KeyOf(in Metric metric, SeriesKey sibling)
    {
        ArgumentNullException.ThrowIfNull(sibling);
        return sibling with { Metric = TextOf(metric.Name) };
    }

    internal void Clear()
    {
        LabelsLeftOut = 0;
        TimesSetBack = 0;
        _entities.Clear();
        _metrics.Clear();
        _labels.Clear();
        _distributions.Clear();
        _ended.Clear();
        _used = 0;
    }

    internal int LabelCount => _labels.Count;

    internal int MetricCount => _metrics.Count;

    internal int DistributionCount => _distributions.Count;

    internal int EndedCount => _ended.Count;

    internal ReadOnlySpan<byte> BytesOf(Slice slice) => _text.AsSpan(slice.Start, slice.Length);

    /// <summary>Room for a text of up to <paramref name="bytes"/>; <see cref="Keep"/> makes it a slice.</summary>
    internal Span<byte> Room(int bytes)
    {
        if (_used + bytes > _text.Length) Array.Resize(ref _text, Math.Max(_text.Length * 2, _used + bytes));
        return _text.AsSpan(_used, bytes);
    }

    internal Slice Keep(int bytes)
    {
        var slice = new Slice(_used, bytes);
        _used += bytes;
        return slice;
    }

    /// <summary>Takes a text.</summary>
    internal Slice KeepText(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        return Keep(text.Length);
    }

    /// <summary>The name of a metric, by its place in the message.</summary>
    internal ReadOnlySpan<byte> NameOf(int metric) => BytesOf(_metrics[metric].Name);

    /// <summary>The metrics since <paramref name="first"/>.</summary>
    internal ReadOnlySpan<Metric> MetricsSince(int first) => CollectionsMarshal.AsSpan(_metrics)[first..];

    /// <summary>The distributions since <paramref name="first"/>.</summary>
    internal ReadOnlySpan<DistributionSample> DistributionsSince(int first) => CollectionsMarshal.AsSpan(_distributions)[first..];

    internal void AddLabel(Slice name, Slice value) => _labels.Add((name, value));

    internal void AddMetric(Slice name, double value) => _metrics.Add(new(default, name, value));

    internal void AddDistribution(in DistributionSample distribution) => _distributions.Add(distribution);

    internal void AddEnded(Slice name) => _ended.Add(name);

    /// <summary>A metric that is made of a distribution of an entity; valid as long as the message.</summary>
    internal Metric Derive(in Entity entity, Slice name, ReadOnlySpan<byte> suffix, double value)
    {
        var room = Room(name.Length + suffix.Length);
        BytesOf(name).CopyTo(room);
        suffix.CopyTo(room[name.Length..]);
        var slice = Keep(name.Length + suffix.Length);
        return new(SeriesId.OfMetric(entity.Id, BytesOf(slice)), slice, value);
    }

    /// <summary>Sorts the labels since <paramref name="first"/> by name.</summary>
    /// <returns>A name that occurs twice; null where none does.</returns>
    internal Slice? SortLabels(int first)
    {
        var labels = CollectionsMarshal.AsSpan(_labels)[first..];
        // Insertion sort: at most a few dozen, mostly sorted already, and no comparer to allocate.
        for (var i = 1; i < labels.Length; i++)
        {
            var moving = labels[i];
            var j = i;
            for (; j > 0; j--)
            {
                var order = BytesOf(labels[j - 1].Name).SequenceCompareTo(BytesOf(moving.Name));
                if (order == 0) return moving.Name;
                if (order < 0) break;
                labels[j] = labels[j - 1];
            }

            labels[j] = moving;
        }

        return null;
    }

    /// <summary>Leaves out what is more than <paramref name="most"/> of the sorted labels since <paramref name="first"/>.</summary>
    internal void KeepLabels(int first, int most)
    {
        var more = _labels.Count - first - most;
        if (more <= 0) return;
        _labels.RemoveRange(first + most, more);
        LabelsLeftOut += more;
    }

    /// <summary>
    /// Ends an entity: hashes its identity and gives every metric since <paramref name="firstMetric"/> its series id. Distributions are its
    /// own from <paramref name="firstDistribution"/> on, and names of ended metrics from <paramref name="firstEnded"/> on. A declaration
    /// brings nothing but the version of its model.
    /// </summary>
    internal void AddEntity(Slice model, int firstLabel, Timestamp time, long step, int firstMetric, int firstDistribution = 0,
        int firstEnded = 0, Slice version = default, bool isDeclaration = false)
    {
        var id = SeriesId.OfEntity(Canonical(model, firstLabel));
        var metrics = CollectionsMarshal.AsSpan(_metrics)[firstMetric..];
        for (var i = 0; i < metrics.Length; i++)
            metrics[i] = metrics[i] with { Id = SeriesId.OfMetric(id, BytesOf(metrics[i].Name)) };
        _entities.Add(new(id, model, firstLabel, _labels.Count - firstLabel, time, step, firstMetric, metrics.Length, firstDistribution,
            _distributions.Count - firstDistribution, firstEnded, _ended.Count - firstEnded, version,
            isDeclaration));
    }

    private ReadOnlySpan<byte> Canonical(Slice model, int firstLabel)
    {
        var size = model.Length + 1;
        var labels = CollectionsMarshal.AsSpan(_labels)[firstLabel..];
        foreach (var (name, value) in labels) size += name.Length + value.Length + 2;
        var bytes = Room(size);
        var at = 0;
        Append(bytes, ref at, model);
        foreach (var (name, value) in labels)
        {
            Append(bytes, ref at, name);
            Append(bytes, ref at, value);
        }

        return bytes;
    }

    private void Append(Span<byte> bytes, ref int at, Slice slice)
    {
        BytesOf(slice).CopyTo(bytes[at..]);
        at += slice.Length;
        bytes[at++] = 0xFF;
    }

    private string TextOf(Slice slice) => Encoding.UTF8.GetString(BytesOf(slice));
}
