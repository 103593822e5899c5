namespace LeptonStream.Collector.Points;

/// <summary>How much one payload may hold. Whatever is beyond is refused with a reason.</summary>
public readonly record struct FormatLimits
{
    /// <summary>The limits that fit ordinary producers.</summary>
    public static FormatLimits Default { get; } = new();

    /// <summary>Makes limits with their defaults.</summary>
    public FormatLimits()
    {
    }

    /// <summary>Bytes of a payload as it comes.</summary>
    /// <value>16 MiB.</value>
    public int Bytes { get; init; } = 16 << 20;

    /// <summary>Bytes of a payload once it is decompressed.</summary>
    /// <value>64 MiB.</value>
    public int DecompressedBytes { get; init; } = 64 << 20;

    /// <summary>Points of a payload.</summary>
    /// <value>100,000.</value>
    public int Points { get; init; } = 100_000;

    /// <summary>Labels of a point: those of its resource and scope count too.</summary>
    /// <value>64.</value>
    public int Labels { get; init; } = 64;

    /// <summary>Bytes of a name, a label's name or a label's value.</summary>
    /// <value>4,096.</value>
    public int TextBytes { get; init; } = 4096;

    /// <summary>Buckets or quantiles of a point.</summary>
    /// <value>1,024.</value>
    public int Buckets { get; init; } = 1024;

    /// <summary>Levels of nesting: JSON values, protobuf messages.</summary>
    /// <value>32.</value>
    public int Depth { get; init; } = 32;
}
