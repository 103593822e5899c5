using LeptonStream.State;
using LeptonStream.Statistics;

namespace LeptonStream.Detection.Training.Statistics;

/// <summary>The long memory of a metric: medians of blocks of rows, the last 64 of them, each with the step it ended at.</summary>
/// <param name="rows">Rows of a block.</param>
internal sealed class StepBlocks(int rows)
{
    public const int Capacity = 64;

    private readonly double[] _medians = new double[Capacity];
    private readonly long[] _ends = new long[Capacity];
    private readonly double[] _open = new double[rows];
    private int _opened;
    private int _next;

    public int Count { get; private set; }

    /// <summary>The median of a block; 0 is the newest.</summary>
    public double this[int back] => _medians[Index(back)];

    /// <summary>The step at which a block ends; 0 is the newest.</summary>
    public long EndOf(int back) => _ends[Index(back)];

    /// <summary>Takes a row in; true where it ends a block.</summary>
    public bool Push(long step, double value)
    {
        _open[_opened++] = value;
        if (_opened < rows) return false;
        _opened = 0;
        _medians[_next] = Median.Of(_open);
        _ends[_next] = step;
        _next = (_next + 1) % Capacity;
        Count = Math.Min(Count + 1, Capacity);
        return true;
    }

    /// <summary>Takes back the blocks that end at a step or later.</summary>
    public void Rewind(long step)
    {
        _opened = 0;
        while (Count > 0 && _ends[Index(0)] >= step)
        {
            _next = (_next + Capacity - 1) % Capacity;
            Count--;
        }
    }

    public void Clear() => Count = _opened = _next = 0;

    public void Save(StateWriter state)
    {
        state.Write(Count);
        state.Write(_next);
        state.Write(_opened);
        state.Write(_open.AsSpan(0, _opened));
        for (var back = 0; back < Count; back++)
        {
            state.Write(_medians[Index(back)]);
            state.Write(_ends[Index(back)]);
        }
    }

    public void Load(ref StateReader state)
    {
        Count = state.ReadCount(Capacity);
        _next = state.ReadCount(Capacity - 1);
        _opened = state.ReadCount(rows - 1);
        state.Read(_open.AsSpan(0, _opened));
        for (var back = 0; back < Count; back++)
        {
            _medians[Index(back)] = state.ReadDouble();
            _ends[Index(back)] = state.ReadInt64();
        }
    }

    private int Index(int back) => (_next - 1 - back + (2 * Capacity)) % Capacity;
}
