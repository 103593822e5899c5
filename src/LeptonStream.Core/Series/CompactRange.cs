namespace LeptonStream.Series;

/// <summary>The lowest and the highest of some values, to 24 bits; all zeros is that of none, since a lowest zero is kept as −0.</summary>
internal struct CompactRange
{
    private float _lowest;
    private float _highest;

    public readonly bool IsEmpty => BitConverter.SingleToInt32Bits(_lowest) == 0;

    public void Add(float value)
    {
        var isEmpty = IsEmpty;
        if (isEmpty || value > _highest) _highest = value;
        if (isEmpty || value < _lowest) _lowest = value == 0 ? -0f : value;
    }

    public void Add(in CompactRange other)
    {
        if (other.IsEmpty) return;
        Add(other._lowest);
        Add(other._highest);
    }

    /// <summary>Whether one of them is as high as a value, or as low.</summary>
    public readonly bool Reaches(float value, bool isHigh) => !IsEmpty && (isHigh ? _highest >= value : _lowest <= value);

    /// <summary>Whether one of them is higher than a value, or lower.</summary>
    public readonly bool GoesBeyond(float value, bool isHigh) => !IsEmpty && (isHigh ? _highest > value : _lowest < value);
}
