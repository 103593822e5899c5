using LeptonStream.Collector.Output;

namespace LeptonStream.Collector.Intake;

/// <summary>Whoever sends by HTTP or gRPC: the holder of a token or a tenant, with limits of its own.</summary>
/// <param name="name">Its name.</param>
/// <param name="options">The limits.</param>
/// <param name="time">The clock.</param>
internal sealed class IntakeSource(string name, CollectorOptions options, TimeProvider time)
{
    private readonly RateBucket _samples = new(options.SourceSamplesPerSecond, time);
    private readonly RateBucket _bytes = new(options.SourceBytesPerSecond, time);

    /// <summary>The name of the token, or the tenant.</summary>
    public string Name => name;

    /// <summary>Its payloads that are on their way.</summary>
    public SentPayloads Sent { get; } = new();

    /// <summary>When it came last, by <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long LastCame { get; set; } = time.GetTimestamp();

    /// <summary>Half of the memory, at most: the other half is for the others.</summary>
    public MemoryBudget Memory { get; } = new(options.MaxPendingBytes / 2);

    /// <summary>Its series; null where they have no limit.</summary>
    public SeriesLimit? Series { get; } = options.SourceSeries == 0 ? null : new(options.SourceSeries, time);

    /// <summary>How long it has to wait before it may send again, and the limit that says so; null where it may send now.</summary>
    public (TimeSpan Wait, string Reason)? Hold()
    {
        if (_samples.Wait() is { Ticks: > 0 } samples)
            return (samples, $"more than {options.SourceSamplesPerSecond} samples a second (Collector:SourceSamplesPerSecond)");
        if (_bytes.Wait() is { Ticks: > 0 } bytes)
            return (bytes, $"more than {options.SourceBytesPerSecond} bytes a second (Collector:SourceBytesPerSecond)");
        return null;
    }

    /// <summary>Counts a payload against the limits.</summary>
    public void Charge(long bytes, long samples)
    {
        _bytes.Charge(bytes);
        _samples.Charge(samples);
    }
}
