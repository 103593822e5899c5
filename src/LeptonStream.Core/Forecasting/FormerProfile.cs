using System.Runtime.InteropServices;
using LeptonStream.State;

namespace LeptonStream.Forecasting;

/// <summary>The profile of a period as older programs kept it: a number of 32 bits for each slot.</summary>
internal static class FormerProfile
{
    private static readonly string Days = StructField.ArrayOf(nameof(Single), DailySlots.Count);
    private static readonly string Weeks = StructField.ArrayOf(nameof(Single), WeeklySlots.Count);

    /// <summary>Whether a field was such a profile.</summary>
    /// <param name="then">The field as it was.</param>
    /// <param name="now">The field of the same path.</param>
    public static bool Is(in StructField then, in StructField now) =>
        now.Type == StructField.Mark && ((then.Type == Days && now.Path.EndsWith("Forecaster._days", StringComparison.Ordinal))
            || (then.Type == Weeks && now.Path.EndsWith("Forecaster._weeks", StringComparison.Ordinal)));

    /// <summary>Takes it over.</summary>
    /// <param name="then">Its bytes.</param>
    /// <param name="now">The bytes from where the profile begins.</param>
    public static void Read(ReadOnlySpan<byte> then, Span<byte> now)
    {
        var values = MemoryMarshal.Cast<byte, float>(then);
        if (values.Length == DailySlots.Count) MemoryMarshal.Write(now, SlotProfile<DailySlots>.Of(values));
        else MemoryMarshal.Write(now, SlotProfile<WeeklySlots>.Of(values));
    }
}
