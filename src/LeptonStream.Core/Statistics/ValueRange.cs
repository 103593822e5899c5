namespace LeptonStream.Statistics;

/// <summary>The lowest and the highest of some values; all zeros is the range of none, since a lowest zero is kept as −0.</summary>
internal struct ValueRange
{
    /// <summary>Whether it has no value yet.</summary>
    public readonly bool IsEmpty => BitConverter.DoubleToInt64Bits(Lowest) == 0;

    /// <summary>The lowest value.</summary>
    public double Lowest { get; private set; }

    /// <summary>The highest value.</summary>
    public double Highest { get; private set; }

    /// <summary>Takes a value in.</summary>
    public void Add(double value)
    {
        var isEmpty = IsEmpty;
        Highest = isEmpty ? value : Math.Max(Highest, value);
        Lowest = isEmpty ? value : Math.Min(Lowest, value);
        if (Lowest == 0) Lowest = -0.0;
    }
}
