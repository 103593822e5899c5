using LeptonStream.Detection.Cleaning;

namespace LeptonStream.Collector.Mapping.Rates;

/// <summary>
/// Finds a total that its exporter calls a gauge, or of which nobody says anything: its values only rise, and with a restart of its process
/// it falls to about zero. A level that only rose for a hundred points and then falls to zero is none. 24 bytes, all zeros at first.
/// </summary>
internal struct HiddenTotal
{
    private const int Points = 100;
    private const int Rises = 50;

    // A process that began again may have counted a while before it is asked.
    private const double AboutZero = 0.05;

    private double _highest;
    private int _points;
    private int _rises;
    private bool _isLevel;

    /// <summary>Takes a value.</summary>
    /// <returns>Whether it shows that the series is a total: this is the first value after a restart.</returns>
    public bool Shows(double value)
    {
        if (_isLevel || !double.IsFinite(value) || VendorBlank.Is(value)) return false;
        if (value < _highest || value < 0)
        {
            _isLevel = true;
            return _points >= Points && _rises >= Rises && value >= 0 && value <= AboutZero * _highest;
        }

        if (value > _highest) _rises++;
        _highest = value;
        _points++;
        return false;
    }
}
