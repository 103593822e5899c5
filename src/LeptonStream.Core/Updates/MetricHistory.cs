using System.Runtime.InteropServices;
using LeptonStream.State;
using LeptonStream.Statistics;

namespace LeptonStream.Updates;

/// <summary>The values of one metric of one version: means of quarters of an hour, over all its entities.</summary>
/// <param name="traits">Its properties.</param>
internal sealed class MetricHistory(MetricTraits traits)
{
    /// <summary>Quarters that are kept: two days, if each has values.</summary>
    public const int MaxBlocks = 2 * BlockMean.Day;

    // So far back a late value finds its quarter.
    private const int Late = 4;

    private readonly List<BlockMean> _blocks = [];

    /// <summary>Its properties.</summary>
    public MetricTraits Traits => traits;

    /// <summary>The quarters with values, in the order of time.</summary>
    public ReadOnlySpan<BlockMean> Blocks => CollectionsMarshal.AsSpan(_blocks);

    /// <summary>About how many bytes it takes.</summary>
    public int Bytes => 200 + (16 * _blocks.Count);

    /// <summary>Takes a value; one that is no number, or too late, is left out.</summary>
    public void Add(int index, double value)
    {
        if (!double.IsFinite(value)) return;
        value = Magnitude.Clamp(value);
        var blocks = CollectionsMarshal.AsSpan(_blocks);
        for (var i = blocks.Length - 1; i >= Math.Max(0, blocks.Length - Late); i--)
        {
            if (blocks[i].Index < index) break;
            if (blocks[i].Index != index) continue;
            blocks[i] = blocks[i].With(value);
            return;
        }

        if (blocks.Length > 0 && blocks[^1].Index > index) return;
        if (_blocks.Count == MaxBlocks) _blocks.RemoveAt(0);
        _blocks.Add(new(index, 1, value));
    }

    /// <summary>Writes everything a bit-equal copy needs.</summary>
    public void Save(StateWriter state)
    {
        traits.Save(state);
        state.Write(_blocks.Count);
        foreach (var block in _blocks)
        {
            state.Write(block.Index);
            state.Write(block.Count);
            state.Write(block.Mean);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public static MetricHistory Load(ref StateReader state)
    {
        var metric = new MetricHistory(MetricTraits.Load(ref state));
        for (var left = state.ReadCount(MaxBlocks); left > 0; left--)
            metric._blocks.Add(new(state.ReadCount(int.MaxValue), state.ReadCount(int.MaxValue), state.ReadFinite()));
        return metric;
    }
}
