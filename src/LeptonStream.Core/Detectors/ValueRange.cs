namespace LeptonStream.Detectors;

/// <summary>The lowest and the highest of some values; all zeros is the range of none, since a lowest zero is kept as −0.</summary>
internal struct ValueRange
{
    private double _lowest;
    private double _highest;

    public readonly bool IsEmpty => BitConverter.DoubleToInt64Bits(_lowest) == 0;

    public readonly double Width => _highest - _lowest;

    /// <summary>The larger of the two ends' magnitudes.</summary>
    public readonly double Magnitude => Math.Max(Math.Abs(_lowest), Math.Abs(_highest));

    /// <summary>How far a value lies outside; 0 inside.</summary>
    public readonly double DistanceTo(double value) => IsEmpty ? 0 : Math.Max(0, Math.Max(value - _highest, _lowest - value));

    public void Add(double value)
    {
        var isEmpty = IsEmpty;
        _highest = isEmpty ? value : Math.Max(_highest, value);
        _lowest = isEmpty ? value : Math.Min(_lowest, value);
        if (_lowest == 0) _lowest = -0.0;
    }

    public void Add(in ValueRange other)
    {
        if (other.IsEmpty) return;
        Add(other._lowest);
        Add(other._highest);
    }
}
