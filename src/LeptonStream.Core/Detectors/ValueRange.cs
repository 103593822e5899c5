namespace LeptonStream.Detectors;

/// <summary>The lowest and the highest of some values; all zeros is the range of none.</summary>
internal struct ValueRange
{
    private double _lowest;
    private double _highest;
    private bool _hasValues;

    public readonly bool IsEmpty => !_hasValues;

    public readonly double Width => _highest - _lowest;

    /// <summary>The larger of the two ends' magnitudes.</summary>
    public readonly double Magnitude => Math.Max(Math.Abs(_lowest), Math.Abs(_highest));

    /// <summary>How far a value lies outside; 0 inside.</summary>
    public readonly double DistanceTo(double value) => _hasValues ? Math.Max(0, Math.Max(value - _highest, _lowest - value)) : 0;

    public void Add(double value)
    {
        _lowest = _hasValues ? Math.Min(_lowest, value) : value;
        _highest = _hasValues ? Math.Max(_highest, value) : value;
        _hasValues = true;
    }

    public void Add(in ValueRange other)
    {
        if (other.IsEmpty) return;
        Add(other._lowest);
        Add(other._highest);
    }
}
