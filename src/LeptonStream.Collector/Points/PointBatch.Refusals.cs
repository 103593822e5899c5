using System.Runtime.InteropServices;

namespace LeptonStream.Collector.Points;

/// <summary>Whatever was not taken: all of it is counted, the first few are kept with their place.</summary>
public sealed partial class PointBatch
{
    private const int MostRefusalsKept = 64;

    private readonly List<PointRefusal> _refusals = [];
    private readonly int[] _refused = new int[Enum.GetValues<RefusalReason>().Length];

    /// <summary>The first few things that were not taken, in the order of the payload, and the reason of a whole refusal last.</summary>
    public ReadOnlySpan<PointRefusal> Refusals => CollectionsMarshal.AsSpan(_refusals);

    /// <summary>How many things were not taken for a reason; more than <see cref="Refusals"/> holds, where there are many.</summary>
    public int CountOf(RefusalReason reason) => _refused[(int)reason];

    /// <summary>How many faults there were.</summary>
    public int FaultCount { get; private set; }

    private void ClearRefusals()
    {
        _refusals.Clear();
        Array.Clear(_refused);
        FaultCount = 0;
    }

    /// <summary>Whether the place of one more refusal would be kept; otherwise its text need not be made.</summary>
    internal bool KeepsDetails => _refusals.Count < MostRefusalsKept;

    /// <summary>Says what was not taken.</summary>
    internal void Refuse(RefusalReason reason, string detail)
    {
        _refused[(int)reason]++;
        if (PointRefusal.IsFaulty(reason)) FaultCount++;
        if (KeepsDetails) _refusals.Add(new(reason, detail));
    }

    /// <summary>Says why nothing of a payload was taken: always kept, even where there are many before it.</summary>
    internal FormatOutcome RefuseAll(RefusalReason reason, string detail)
    {
        _pointCount = _firstPoint;
        _refused[(int)reason]++;
        FaultCount++;
        if (!KeepsDetails) _refusals.RemoveAt(_refusals.Count - 1);
        _refusals.Add(new(reason, detail));
        return FormatOutcome.Refused;
    }
}
