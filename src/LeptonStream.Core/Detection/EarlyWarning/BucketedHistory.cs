using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.EarlyWarning;

/// <summary>
/// The course of a series as the means of equal stretches of time, the last 48 of them. Buckets are numbered from the epoch, so that they
/// begin at the same times on every machine.
/// </summary>
internal sealed class BucketedHistory
{
    public const int Remembered = TrendFit.MaxPoints;

    private static readonly EarlyWarningTuning Tuning = EarlyWarningTuning.Default;

    // Beyond such a gap nothing that was before belongs to what comes.
    private static readonly int LongestGap = Tuning.LongestGap;

    private readonly long _width;
    private readonly float[] _levels = new float[Remembered];
    private double _sum;
    private int _count;

    /// <param name="width">The length of a bucket, in nanoseconds.</param>
    public BucketedHistory(long width)
    {
        _width = width;
        Array.Fill(_levels, float.NaN);
    }

    /// <summary>The bucket that is being filled, or was completed last.</summary>
    public long Bucket { get; private set; } = long.MinValue;

    /// <summary>Whether the bucket holds no sample.</summary>
    public bool IsEmpty => _count == 0;

    public long BucketOf(Timestamp time) => Math.DivRem(time.UnixNanoseconds, _width, out var rest) - (rest < 0 ? 1 : 0);

    /// <summary>Beginning of a bucket.</summary>
    public Timestamp TimeOf(long bucket) => new(bucket * _width);

    /// <summary>So many buckets after the present one; its mean belongs to its middle.</summary>
    public Timestamp Ahead(double buckets)
    {
        var nanoseconds = (Bucket + 0.5 + buckets) * _width;
        return nanoseconds < long.MaxValue ? new((long)nanoseconds) : BreachForecast.Never;
    }

    /// <summary>Number of buckets from the present one to a time.</summary>
    public double Until(Timestamp time) => (time.UnixNanoseconds - Ahead(0).UnixNanoseconds) / (double)_width;

    /// <summary>Adds a value to the bucket.</summary>
    public void Add(double value)
    {
        _sum += Math.Clamp(value, -float.MaxValue / 4, float.MaxValue / 4);
        _count++;
    }

    /// <summary>Completes the bucket and returns its mean.</summary>
    public double Close()
    {
        var level = _sum / _count;
        _levels[Slot(Bucket)] = (float)level;
        return level;
    }

    /// <summary>Begins a later bucket. True where the gap before it is so long that everything begins from the start.</summary>
    public bool Begin(long bucket)
    {
        var gap = Bucket == long.MinValue ? 0 : bucket - Bucket - 1;
        if (gap > LongestGap) Array.Fill(_levels, float.NaN);
        else for (var missing = bucket - gap; missing < bucket; missing++) _levels[Slot(missing)] = float.NaN;
        Bucket = bucket;
        _sum = 0;
        _count = 0;
        return gap > LongestGap;
    }

    /// <summary>
    /// Copies the points since a bucket, their times counted from the present one (0, and negative before it); returns how many.
    /// </summary>
    public int CopyTo(Span<double> times, Span<double> levels, long from)
    {
        var count = 0;
        for (var bucket = Math.Max(from, Bucket - Remembered + 1); bucket <= Bucket; bucket++)
        {
            var level = _levels[Slot(bucket)];
            if (!float.IsFinite(level)) continue;
            times[count] = bucket - Bucket;
            levels[count++] = level;
        }

        return count;
    }

    public void Save(StateWriter state)
    {
        state.Write(Bucket);
        state.Write(_sum);
        state.Write(_count);
        state.Write(_levels);
    }

    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public void Load(ref StateReader state)
    {
        Bucket = state.ReadInt64();
        _sum = state.ReadDouble();
        _count = state.ReadCount(int.MaxValue);
        state.Read(_levels.AsSpan());
    }

    private static int Slot(long bucket) => (int)(((bucket % Remembered) + Remembered) % Remembered);
}
