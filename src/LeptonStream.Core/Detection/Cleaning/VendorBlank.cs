namespace LeptonStream.Detection.Cleaning;

/// <summary>The values that an exporter writes where it has no reading.</summary>
public static class VendorBlank
{
    /// <summary>
    /// Whether a value is a blank: DCGM writes "no reading" as values just below the largest integers of 64 and 32 bits, and of floats from
    /// 2⁴⁷ on.
    /// </summary>
    public static bool Is(double value) =>
        value is (>= 9223372036854775792 and <= 9223372036854775807) or (>= 2147483632 and <= 2147483635)
            or (>= 140737488355328 and <= 140737488355331);
}
