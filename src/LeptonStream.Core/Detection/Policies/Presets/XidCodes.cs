namespace LeptonStream.Detection.Policies.Presets;

/// <summary>NVIDIA's XID codes that stop work on the GPU until it is reset, rebooted or replaced.</summary>
internal static class XidCodes
{
    private static readonly System.Collections.Frozen.FrozenSet<int> Grave = System.Collections.Frozen.FrozenSet.ToFrozenSet(
    [
        9, 12, 16, 18, 19, 26, 27, 28, 29, 30, 32, 33, 34, 35, 36, 38, 42, 44, 46, 47, 48, 59, 60, 61, 62, 63, 64, 65, 68, 69, 74, 78, 79, 81,
        94, 95, 110, 119, 120, 121, 123, 140, 143,
    ]);

    /// <summary>Whether a value of a metric is such a code.</summary>
    /// <param name="canonical">The metric's canonical name, or null.</param>
    /// <param name="code">The value.</param>
    public static bool IsGrave(string? canonical, double code) =>
        canonical == "gpu.xid" && code is > 0 and < 10_000 && Grave.Contains((int)code);
}
