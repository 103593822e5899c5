using System.Numerics;
using LeptonStream.Detection.Policies;

namespace LeptonStream.Detection.Lifecycle;

/// <summary>What the charts of a policy's series are like, for their <see cref="ChangeOnset"/>.</summary>
/// <param name="Points">Points of a chart, at most 1,000.</param>
/// <param name="Bounds">Between which values a band is drawn.</param>
/// <param name="Memory">Memory for candidates.</param>
internal sealed record OnsetPlan(int Points, ValueBounds Bounds, OnsetMemory Memory);

/// <summary>Memory for the candidates of many series, used again and again. Used by one thread.</summary>
internal sealed class OnsetMemory
{
    // By the logarithm of their length.
    private readonly List<Stack<ChangeOnset.Candidate[]>> _returned = [];

    /// <summary>Memory for so many candidates, or more.</summary>
    public ChangeOnset.Candidate[] Rent(int count)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)count);
        return StackOf(size).TryPop(out var free) ? free : new ChangeOnset.Candidate[size];
    }

    /// <summary>Takes memory back.</summary>
    public void Return(ChangeOnset.Candidate[] candidates) => StackOf(candidates.Length).Push(candidates);

    private Stack<ChangeOnset.Candidate[]> StackOf(int size)
    {
        var place = BitOperations.Log2((uint)size);
        while (_returned.Count <= place) _returned.Add(new());
        return _returned[place];
    }
}
