using LeptonStream.Series;
using LeptonStream.State;

namespace LeptonStream.Detection.Training.Statistics;

/// <summary>The last values of a metric with the steps they belong to, so that a resume can take back what will be seen again.</summary>
/// <param name="capacity">Number of values that it holds, 2 to 512.</param>
internal sealed class StepWindow(int capacity)
{
    private readonly WindowMemory _memory = new(capacity);
    private readonly long[] _steps = new long[capacity];
    private int _next;

    public int Count => _memory.Window.Count;

    public double Median => _memory.Window.Median;

    public double Last => _memory.Window.Last;

    public double Quantile(double share) => _memory.Window.Quantile(share);

    public double MedianAbsoluteDeviation() => _memory.Window.MedianAbsoluteDeviation();

    public void Push(long step, double value)
    {
        _memory.Window.Push(value);
        _steps[_next] = step;
        _next = _next + 1 == capacity ? 0 : _next + 1;
    }

    public void Clear()
    {
        _memory.Window.Clear();
        _next = 0;
    }

    /// <summary>
    /// Takes back the newest values whose step is not below <paramref name="step"/>, but leaves the oldest <paramref name="keep"/>.
    /// </summary>
    public void Rewind(long step, int keep)
    {
        var kept = Count;
        while (kept > keep && StepAt(Count - kept) >= step) kept--;
        if (kept == Count) return;
        Span<double> values = stackalloc double[kept];
        Span<long> steps = stackalloc long[kept];
        for (var i = 0; i < kept; i++)
        {
            values[i] = _memory.Window[Count - 1 - i];
            steps[i] = StepAt(Count - 1 - i);
        }

        Clear();
        for (var i = 0; i < kept; i++) Push(steps[i], values[i]);
    }

    public void Save(StateWriter state)
    {
        _memory.Save(state);
        state.Write(_next);
        for (var i = 0; i < Count; i++) state.Write(_steps[i]);
    }

    public void Load(ref StateReader state)
    {
        _memory.Load(ref state);
        _next = state.ReadCount(capacity - 1);
        for (var i = 0; i < Count; i++) _steps[i] = state.ReadInt64();
    }

    private long StepAt(int back)
    {
        var index = _next - 1 - back;
        return _steps[index < 0 ? index + capacity : index];
    }
}
