namespace LeptonStream.Collector.Quality;

/// <summary>
/// The level of a series, by its logarithm, and whether it changes by a factor between units: seconds and milliseconds, minutes and
/// seconds, bytes and KiB.
/// </summary>
internal sealed class SeriesWatch(NamedSeries family)
{
    // Steps between units are nearer to each other than a level is known: 1,000 stands for 1,024, too.
    private static readonly double[] Factors = [60, 1_000, 3_600, 1_000_000, 1_000_000_000];

    // The new level is one when it has stood for so many values, and the old one as well.
    private const int Known = 30;
    private const int Stood = 20;

    // In decades: below it a change is one of the thing itself; a level spreads by less.
    private const float Ordinary = 1;
    private const float MostSpread = 0.2f;
    private const float Tolerance = 0.04f;
    private const float Step = 1 / 64f;

    private float _level;
    private float _spread;
    private float _sum;
    private float _newSpread;
    private int _span = -1;
    private ushort _known;
    private ushort _stood;

    // A series that jumps to and fro has two states, and no unit that changes.
    private bool _hasJumped;

    /// <summary>How it changes among the others of its entity.</summary>
    public ChangeShare Changes;

    public NamedSeries Family => family;

    /// <summary>Takes a value.</summary>
    public void Take(double value, long now)
    {
        if (_span != family.Span)
        {
            _span = family.Span;
            family.CountSeries();
        }

        if (!(value > 0) || value > float.MaxValue) return;
        var level = (float)Math.Log10(value);
        var away = level - _level;
        if (_known == 0) _level = level;
        else if (_known < Known || Math.Abs(away) < Ordinary) Learn(away);
        else if (TakeAway(away) is { } factor) Say(factor, now);
        if (_known < Known) _known++;
    }

    private void Learn(float away)
    {
        var step = Math.Max(Step, 1f / (_known + 1));
        _level += away * step;
        _spread += (Math.Abs(away) - _spread) * step;
        _stood = 0;
    }

    // By how much it changed, once that has lasted; not a number where that is no factor between units.
    private double? TakeAway(float away)
    {
        if (_stood == 0 || Math.Abs(away - (_sum / _stood)) > Ordinary / 2) (_stood, _sum, _newSpread) = (0, 0, 0);
        if (_stood > 0) _newSpread += (Math.Abs(away - (_sum / _stood)) - _newSpread) / _stood;
        _stood++;
        _sum += away;
        if (_stood < Stood) return null;
        var change = _sum / _stood;
        var factor = _spread > MostSpread || _newSpread > MostSpread ? double.NaN : FactorOf(change);
        _level += change;
        (_stood, _spread) = (0, Math.Max(_spread, _newSpread));
        return factor;
    }

    private double FactorOf(float change)
    {
        var tolerance = Tolerance + (Math.Max(_spread, _newSpread) / MathF.Sqrt(Stood));
        foreach (var factor in Factors)
            if (Math.Abs(Math.Abs(change) - Math.Log10(factor)) <= tolerance) return change > 0 ? factor : 1 / factor;
        return double.NaN;
    }

    private void Say(double factor, long now)
    {
        if (!_hasJumped && double.IsFinite(factor)) family.Jump(factor, now);
        _hasJumped = true;
    }
}
