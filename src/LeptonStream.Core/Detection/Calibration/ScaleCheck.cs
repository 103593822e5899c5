using LeptonStream.Series;

namespace LeptonStream.Detection.Calibration;

/// <summary>
/// Finds a series that began with the wrong scale: its first value was of another kind, or its producer was not ready. Once per window it
/// compares the scales of the series with the range of that window. Where they are 20 times as large for most of a short life, or 10⁹
/// times for ten windows of any life, the series must begin again with the values of its window. All zeros at first.
/// </summary>
internal struct ScaleCheck
{
    private const double Absurd = 1e9;
    private const int Young = 1000;
    private const double MostOfLife = 0.6;
    private const int Windows = 10;

    private int _life;
    private int _wide;
    private int _absurd;

    /// <summary>Takes one sample's step and says whether a window is full, so that <see cref="HasBegunWrong"/> is to be asked.</summary>
    /// <param name="window">The last values.</param>
    public bool IsDue(in RollingWindow window)
    {
        if (_life < int.MaxValue) _life++;
        return _life % window.Capacity == 0 && window.Count == window.Capacity;
    }

    /// <summary>Says whether the series must begin again.</summary>
    /// <param name="scale">The largest scale that the series uses, in its unit.</param>
    /// <param name="window">The last values.</param>
    public bool HasBegunWrong(double scale, in RollingWindow window)
    {
        // Of a window without outliers this is about a standard deviation; one with bursts of its own, or of one value, shows nothing of
        // the kind.
        var spread = (window.Maximum - window.Minimum) / 5;
        var isKnown = spread > 0;
        _wide = isKnown && scale > CalibrationTuning.Default.WrongStartFactor * spread ? _wide + window.Capacity : 0;
        _absurd = isKnown && scale > Absurd * spread ? _absurd + 1 : 0;
        if ((_life > Young || _wide < MostOfLife * _life) && _absurd < Windows) return false;
        this = default;
        return true;
    }
}
