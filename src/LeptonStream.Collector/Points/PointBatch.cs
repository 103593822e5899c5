using System.Runtime.CompilerServices;
using System.Text;

namespace LeptonStream.Collector.Points;

/// <summary>
/// The points of a payload, in arrays that are used again for the next one: nothing is allocated once they have grown to the size of the
/// payloads. Texts are UTF-8 bytes until somebody asks for a string. An instance belongs to one thread at a time.
/// </summary>
public sealed partial class PointBatch
{
    private Point[] _points = new Point[64];
    private Label[] _labels = new Label[256];
    private Distribution[] _distributions = new Distribution[16];
    private double[] _numbers = new double[256];
    private byte[] _bytes = new byte[16 << 10];
    private int _pointCount;
    private int _labelCount;
    private int _distributionCount;
    private int _numberCount;
    private int _byteCount;

    /// <summary>The points, in the order of the payload.</summary>
    public ReadOnlySpan<Point> Points => _points.AsSpan(0, _pointCount);

    /// <summary>The bytes of a text.</summary>
    public ReadOnlySpan<byte> BytesOf(Text text) => _bytes.AsSpan(text.Start, text.Length);

    /// <summary>A text as a string. Allocates.</summary>
    public string TextOf(Text text) => Encoding.UTF8.GetString(BytesOf(text));

    /// <summary>The labels of a range, in the order of the payload; a name may occur twice where the producer wrote it so.</summary>
    public ReadOnlySpan<Label> LabelsOf(LabelRange range) => _labels.AsSpan(range.First, range.Count);

    /// <summary>The distribution of a point that <see cref="Point.HasDistribution"/>.</summary>
    public ref readonly Distribution DistributionOf(in Point point) => ref _distributions[point.DistributionAt];

    /// <summary>The numbers of a range.</summary>
    public ReadOnlySpan<double> NumbersOf(NumberRange range) => _numbers.AsSpan(range.First, range.Count);

    /// <summary>Whether a label range of a point has a label of this name; the first value counts.</summary>
    public bool TryLabel(LabelRange range, ReadOnlySpan<byte> name, out Text value)
    {
        foreach (ref readonly var label in LabelsOf(range))
        {
            if (!BytesOf(label.Name).SequenceEqual(name)) continue;
            value = label.Value;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>Forgets everything; the memory stays, unless a single huge payload made it grow.</summary>
    public void Clear()
    {
        if (_bytes.Length > MostBytesKept) _bytes = new byte[MostBytesKept];
        if (_points.Length > MostPointsKept) _points = new Point[MostPointsKept];
        if (_labels.Length > MostPointsKept) _labels = new Label[MostPointsKept];
        if (_numbers.Length > MostPointsKept) _numbers = new double[MostPointsKept];
        _pointCount = _labelCount = _distributionCount = _numberCount = _byteCount = _firstPoint = 0;
        ClearRefusals();
    }

    // What a batch keeps of the memory of a payload that was out of the ordinary.
    private const int MostBytesKept = 4 << 20;
    private const int MostPointsKept = 64 << 10;

    internal int PointCount => _pointCount;

    internal int LabelCount => _labelCount;

    internal int NumberCount => _numberCount;

    /// <summary>Adds a point with nothing in it. The reference holds until the next is added.</summary>
    internal ref Point Add()
    {
        if (_pointCount == _points.Length) Array.Resize(ref _points, _points.Length * 2);
        ref var point = ref _points[_pointCount++];
        point = new() { Time = Point.NoTime, Step = Point.NoStep, DistributionAt = -1 };
        return ref point;
    }

    /// <summary>The point that was added last.</summary>
    internal ref Point Last => ref _points[_pointCount - 1];

    internal ref Point At(int index) => ref _points[index];

    /// <summary>Takes back the points from this one on; texts and labels stay until the batch is cleared.</summary>
    internal void KeepPoints(int count) => _pointCount = count;

    /// <summary>How far it is filled.</summary>
    internal Filling Here => new(_pointCount, _labelCount, _distributionCount, _numberCount, _byteCount);

    /// <summary>Takes back whatever was added since.</summary>
    internal void GoBackTo(in Filling filling) =>
        (_pointCount, _labelCount, _distributionCount, _numberCount, _byteCount) = filling;

    internal readonly record struct Filling(int Points, int Labels, int Distributions, int Numbers, int Bytes);

    /// <summary>Gives the point that was added last a distribution. The reference holds until the next is added.</summary>
    internal ref Distribution AddDistribution()
    {
        if (_distributionCount == _distributions.Length) Array.Resize(ref _distributions, _distributions.Length * 2);
        Last.DistributionAt = _distributionCount;
        ref var distribution = ref _distributions[_distributionCount++];
        distribution = new() { Sum = double.NaN, Min = double.NaN, Max = double.NaN };
        return ref distribution;
    }

    internal void AddLabel(Text name, Text value)
    {
        if (_labelCount == _labels.Length) Array.Resize(ref _labels, _labels.Length * 2);
        _labels[_labelCount++] = new(name, value);
    }

    /// <summary>Takes back the labels from this one on.</summary>
    internal void KeepLabels(int count) => _labelCount = count;

    internal LabelRange LabelsSince(int first) => new(first, _labelCount - first);

    internal void AddNumber(double value)
    {
        if (_numberCount == _numbers.Length) Array.Resize(ref _numbers, _numbers.Length * 2);
        _numbers[_numberCount++] = value;
    }

    internal NumberRange NumbersSince(int first) => new(first, _numberCount - first);

    internal Span<double> NumbersToChange(NumberRange range) => _numbers.AsSpan(range.First, range.Count);

    /// <summary>Copies bytes behind those that are there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Text AddText(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        return Keep(text.Length);
    }

    /// <summary>Room for up to so many bytes; <see cref="Keep"/> makes a text of those that were written.</summary>
    internal Span<byte> Room(int bytes)
    {
        if (_byteCount + bytes > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _byteCount + bytes));
        return _bytes.AsSpan(_byteCount, bytes);
    }

    /// <summary>Two texts with an underscore between them.</summary>
    internal Text Join(Text first, Text second)
    {
        var length = first.Length + 1 + second.Length;
        var room = Room(length);
        BytesOf(first).CopyTo(room);
        room[first.Length] = (byte)'_';
        BytesOf(second).CopyTo(room[(first.Length + 1)..]);
        return Keep(length);
    }

    internal Text Keep(int bytes)
    {
        var text = new Text(_byteCount, bytes);
        _byteCount += bytes;
        return text;
    }
}
