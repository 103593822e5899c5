using System.Runtime.InteropServices;
using LeptonStream.Detection.Cleaning;
using LeptonStream.Detection.Habits;
using LeptonStream.Detection.Lifecycle;

namespace LeptonStream.Detection.Store;

/// <summary>The knowledge that few series have: of values that are no number, lost readings, the alert that opened, bursts.</summary>
internal sealed class RareState
{
    /// <summary>That of a series which has none of it; never to be changed.</summary>
    public static readonly RareState Nothing = new();

    public NonFiniteHabit NonFinite;
    public LostReadings Blanks;

    public FrozenBaseline? Baseline { get; set; }

    public string? OpenedBy { get; set; }

    public KnownFault? Fault { get; set; }

    public BurstBook? Bursts { get; set; }

    /// <summary>Whether it is that of a series which has none of it.</summary>
    public bool IsNothing => Baseline is null && OpenedBy is null && Fault is null && Bursts is null
        && !MemoryMarshal.AsBytes(new ReadOnlySpan<NonFiniteHabit>(in NonFinite)).ContainsAnyExcept((byte)0)
        && !MemoryMarshal.AsBytes(new ReadOnlySpan<LostReadings>(in Blanks)).ContainsAnyExcept((byte)0);
}
