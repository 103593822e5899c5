using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detectors;

/// <summary>
/// How far the sample lies outside everything the series has ever shown, in sixteenths of the range seen so far; 0 inside it.
/// Record statistics: among n exchangeable samples the next is a new extreme with probability 2/(n+1), so on an old series a new extreme is news by itself.
/// It sees slow leaks that every window follows. Warm-up 60 samples. O(1), 24 bytes.
/// </summary>
public sealed class NewExtremeDetector : ISeriesDetector
{
    private const int WarmUp = 60;

    private double _lowest = double.PositiveInfinity;
    private double _highest = double.NegativeInfinity;
    private int _count;

    /// <inheritdoc/>
    public string Name => "new-extreme";

    /// <inheritdoc/>
    public double Score(in Sample sample, in SeriesView view)
    {
        if (_count < WarmUp) return 0;
        var beyond = Math.Max(sample.Value - _highest, _lowest - sample.Value);
        return beyond <= 0 ? 0 : Deviation.Of(beyond, (_highest - _lowest) / 16, Math.Max(Math.Abs(_highest), Math.Abs(_lowest)));
    }

    /// <inheritdoc/>
    public void Learn(in Sample sample, in SeriesView view)
    {
        _lowest = Math.Min(_lowest, sample.Value);
        _highest = Math.Max(_highest, sample.Value);
        if (_count < int.MaxValue) _count++;
    }

    /// <inheritdoc/>
    public void Save(StateWriter state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Write(_lowest);
        state.Write(_highest);
        state.Write(_count);
    }

    /// <inheritdoc/>
    public void Load(ref StateReader state)
    {
        _lowest = state.ReadDouble();
        _highest = state.ReadDouble();
        _count = state.ReadCount(int.MaxValue);
    }
}
