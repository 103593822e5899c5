using LeptonStream.State;
using LeptonStream.Statistics;

namespace LeptonStream.Detection.Training.Statistics;

/// <summary>The last few values of something measured seldom.</summary>
/// <param name="capacity">Number of values that it holds, 4 to 64.</param>
internal sealed class RecentValues(int capacity)
{
    private readonly double[] _values = new double[capacity];
    private int _next;

    public int Count { get; private set; }

    public void Push(double value)
    {
        _values[_next] = value;
        _next = (_next + 1) % capacity;
        Count = Math.Min(Count + 1, capacity);
    }

    public void Clear() => Count = _next = 0;

    public double HighestOf(int last)
    {
        var highest = double.NegativeInfinity;
        for (var back = 0; back < Math.Min(last, Count); back++) highest = Math.Max(highest, Back(back));
        return highest;
    }

    public double LowestOf(int last)
    {
        var lowest = double.PositiveInfinity;
        for (var back = 0; back < Math.Min(last, Count); back++) lowest = Math.Min(lowest, Back(back));
        return lowest;
    }

    /// <summary>The middle one of the last three; there must be three.</summary>
    public double MedianOfThree()
    {
        var (a, b, c) = (Back(0), Back(1), Back(2));
        return Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
    }

    /// <summary>Scale of one value, from the median of the differences between neighbours; of an even number, the higher one.</summary>
    public double Noise()
    {
        if (Count < 2) return 0;
        Span<double> differences = stackalloc double[Count - 1];
        for (var i = 0; i < differences.Length; i++) differences[i] = Math.Abs(Back(i) - Back(i + 1));
        differences.Sort();
        return MathConstants.MadToSigma * differences[differences.Length / 2] / Math.Sqrt(2);
    }

    public void Save(StateWriter state)
    {
        state.Write(Count);
        state.Write(_next);
        state.Write(_values.AsSpan());
    }

    public void Load(ref StateReader state)
    {
        Count = state.ReadCount(capacity);
        _next = state.ReadCount(capacity - 1);
        state.Read(_values.AsSpan());
    }

    private double Back(int back) => _values[(_next - 1 - back + (2 * capacity)) % capacity];
}
