using LeptonStream.Alerts;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.State;

namespace LeptonStream.Detection;

/// <summary>Everything that is known of one series. <see cref="SeriesPipeline"/> makes it and is what acts on it.</summary>
public sealed class SeriesState
{
    /// <summary>Rarities are counted per five minutes, whatever the sampling interval.</summary>
    internal const double ReferenceSeconds = 300;

    private double _intervalSeconds;

    internal SeriesState(SeriesId id, SeriesKey key, AlertTracker alert, Memory<byte> memory)
    {
        Id = id;
        Key = key;
        Alert = alert;
        Memory = memory;
    }

    /// <summary>The series' id.</summary>
    public SeriesId Id { get; }

    /// <summary>What the series is.</summary>
    public SeriesKey Key { get; }

    /// <summary>The life of its alert.</summary>
    public AlertTracker Alert { get; }

    /// <summary>Time of its first sample.</summary>
    public Timestamp FirstTime { get; set; }

    /// <summary>Time of its newest sample.</summary>
    public Timestamp LastTime { get; set; } = new(long.MinValue);

    /// <summary>The usual time between two samples, in seconds; 0 until there were two.</summary>
    public double IntervalSeconds
    {
        get => _intervalSeconds;
        set
        {
            if (value == _intervalSeconds) return;
            _intervalSeconds = value;
            IntervalDecades = Math.Log10(Math.Max(value, 1e-3) / ReferenceSeconds);
        }
    }

    /// <summary>The interval against five minutes, as a power of ten: what rarities counted per sample lack to those counted per time.</summary>
    public double IntervalDecades { get; private set; } = Math.Log10(1e-3 / ReferenceSeconds);

    /// <summary>The numbers of its detectors, windows and forecast, where <see cref="SeriesLayout"/> says.</summary>
    internal Memory<byte> Memory { get; }

    /// <summary>Writes everything a bit-equal copy needs, but the id and the key.</summary>
    public void Save(StateWriter state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Write(FirstTime.UnixNanoseconds);
        state.Write(LastTime.UnixNanoseconds);
        state.Write(IntervalSeconds);
        Alert.Save(state);
        state.WriteBlock(Memory.Span);
    }

    /// <summary>Reads what <see cref="Save"/> wrote on a series of the same policy.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public void Load(ref StateReader state)
    {
        FirstTime = new(state.ReadInt64());
        LastTime = new(state.ReadInt64());
        IntervalSeconds = state.ReadDouble();
        Alert.Load(ref state);
        state.ReadBlock(Memory.Span);
    }
}
