using LeptonStream.Detection.Lifecycle;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Entities;

/// <summary>
/// The fault of an entity's critical alert that recovered, by the metrics that took part: a fault that returns within thirty hours is
/// known, as that of a series (<see cref="KnownFault"/>), where half of them and two at least go half as far as they did, two rows in a
/// row: of two metrics of noise both go as far in some row of each day.
/// </summary>
internal sealed class KnownJointFault
{
    private const int Metrics = 2;
    private const int Rows = 2;

    // Three and a half standard deviations, in mean absolute ones: nearer, a load that metrics share takes them there, too.
    private const double Far = 4.4;

    // With each, what is expected of it: as of the first row that is as one of the fault, since forecasts follow within rows.
    private readonly List<(int Place, KnownFault Fault, double Expected)> _parts = [];

    // Rows in a row that are as of the fault, without the newest row and with it.
    private int _before;
    private int _alike;

    /// <summary>Event time at which its last alert ended; null where none is known.</summary>
    public Timestamp? Ended => _parts.Count > 0 ? _parts[0].Fault.Ended : null;

    /// <summary>Forgets it.</summary>
    public void Clear()
    {
        _parts.Clear();
        _before = _alike = 0;
    }

    /// <summary>Keeps the fault of an alert that recovered.</summary>
    /// <param name="row">The row that ended it.</param>
    /// <param name="baselines">The baselines that its metrics were held against, by their places.</param>
    /// <param name="worst">The worst score of the alert.</param>
    public void Keep(EntityRow row, List<(int Place, FrozenBaseline Baseline)> baselines, double worst)
    {
        var before = _parts.ToArray();
        Clear();
        foreach (var (place, baseline) in baselines)
            if (row[place] is { } series && baseline.Side != 0 && baseline.Reach > Far * SeriesPipeline.DeviationOf(series).Value)
                _parts.Add((place, KnownFault.Of(baseline, worst, row.Time, Array.Find(before, part => part.Place == place).Fault), 0));
    }

    /// <summary>The score of the newest row as one of the fault; 0 where it is none of it.</summary>
    /// <param name="row">The row.</param>
    /// <param name="isNew">Whether this is its first part.</param>
    /// <param name="places">The places of the metrics that are of it, as bits.</param>
    public double ScoreOf(EntityRow row, bool isNew, out ulong places)
    {
        places = 0;
        if (_parts.Count < Metrics) return 0;
        if (isNew) _before = _alike;
        var (score, alike) = (0.0, 0);
        for (var i = 0; i < _parts.Count; i++)
        {
            var (place, fault, expected) = _parts[i];
            if (!row.IsFresh(place)) continue;
            var newest = row.NewestOf(place);
            if (_before == 0) _parts[i] = (place, fault, expected = newest.Forecast.Expected);
            var one = fault.ScoreOf(newest.Sample, expected, SeriesPipeline.DeviationOf(row[place]!).Mean);
            if (!(one > 0)) continue;
            (score, alike) = (Math.Max(score, one), alike + 1);
            places |= 1UL << place;
        }

        var isAlike = alike >= Metrics && 2 * alike >= _parts.Count;
        _alike = isAlike ? Math.Min(_before + 1, Rows) : Math.Max(_before - 1, 0);
        // The first one takes part in what follows.
        if (!isAlike) places = 0;
        return isAlike && _alike == Rows ? score : 0;
    }

    public void Save(StateWriter state)
    {
        state.Write(_parts.Count);
        foreach (var (place, fault, expected) in _parts)
        {
            state.Write(place);
            fault.Save(state);
            state.Write(expected);
        }

        state.Write(_before);
        state.Write(_alike);
    }

    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public void Load(ref StateReader state)
    {
        _parts.Clear();
        for (var left = state.ReadCount(EntityRow.MaxMetrics); left > 0; left--)
            _parts.Add((state.ReadCount(EntityRow.MaxMetrics - 1), KnownFault.Load(ref state), state.ReadDouble()));
        (_before, _alike) = (state.ReadCount(Rows), state.ReadCount(Rows));
    }
}
