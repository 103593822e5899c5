using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detectors;

/// <summary>
/// A value that stands still where it used to move: a hung exporter, a stuck counter. With p the decayed share of samples that repeat their
/// predecessor, a run of k repeats has the probability p^k under independence; the score is k·(−log₁₀ p), halved because real repeats come in runs,
/// and 0 below twelve repeats or where every fifth sample repeats anyway. Warm-up 200 samples. O(1), 24 bytes.
/// </summary>
public sealed class FrozenValueDetector : ISeriesDetector
{
    private const int WarmUp = 200;
    private const int ShortestRun = 12;
    private const double MostRepeats = 0.2;
    private const double LeastRepeats = 0.01;
    private const double Rate = 1.0 / 500;

    private double _last = double.NaN;
    private double _repeats;
    private int _run;
    private int _count;

    /// <inheritdoc/>
    public string Name => "frozen-value";

    /// <inheritdoc/>
    public DetectorKind Kind => DetectorKind.Rule;

    /// <inheritdoc/>
    public double Score(in Sample sample, in SeriesView view)
    {
        if (_count < WarmUp || sample.Value != _last || _run + 1 < ShortestRun || _repeats > MostRepeats) return 0;
        return 0.5 * (_run + 1) * -Math.Log10(Math.Max(_repeats, LeastRepeats));
    }

    /// <inheritdoc/>
    public void Learn(in Sample sample, in SeriesView view)
    {
        var repeated = sample.Value == _last;
        // Once the series is known, a long run is one event, not many: only its first repeats count for the share.
        if (!repeated || _run < ShortestRun || _count < WarmUp)
            _repeats += Math.Max(Rate, 1.0 / (_count + 1)) * ((repeated ? 1 : 0) - _repeats);
        _run = repeated ? _run + 1 : 0;
        _last = sample.Value;
        if (_count < int.MaxValue) _count++;
    }

    /// <inheritdoc/>
    public void Save(StateWriter state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Write(_last);
        state.Write(_repeats);
        state.Write(_run);
        state.Write(_count);
    }

    /// <inheritdoc/>
    public void Load(ref StateReader state)
    {
        _last = state.ReadDouble();
        _repeats = state.ReadDouble();
        _run = state.ReadCount(int.MaxValue);
        _count = state.ReadCount(int.MaxValue);
    }
}
