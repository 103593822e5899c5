namespace LeptonStream.Detectors.Forest;

/// <summary>Options of the growth of an <see cref="IsolationForest"/>.</summary>
public sealed record ForestOptions
{
    /// <summary>Trees. <value>The default value is 100; 1 to 1000.</value></summary>
    public int Trees { get; init; } = 100;

    /// <summary>Rows each tree is grown on (ψ of the paper). <value>The default value is 256; 2 to 1024.</value></summary>
    public int SampleSize { get; init; } = 256;

    /// <summary>
    /// Decides samples, features and cuts: the same seed and rows make the same forest. <value>The default value is 1.</value>
    /// </summary>
    public ulong Seed { get; init; } = 1;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Trees, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Trees, 1000);
        ArgumentOutOfRangeException.ThrowIfLessThan(SampleSize, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SampleSize, PathLength.MaxRows);
    }
}
