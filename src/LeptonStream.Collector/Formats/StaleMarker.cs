using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>The NaN with which Prometheus ends a series.</summary>
internal static class StaleMarker
{
    private const ulong Bits = 0x7FF0_0000_0000_0002;

    /// <summary>Marks a point whose value is one.</summary>
    public static void Apply(ref Point point)
    {
        if (BitConverter.DoubleToUInt64Bits(point.Value) != Bits) return;
        point.Flags |= PointFlags.Stale;
        point.Value = double.NaN;
    }
}
