namespace LeptonStream.Collector.Quality;

/// <summary>The share of values that are numbers, against the usual share: some exporters have no reading of some devices, ever.</summary>
internal sealed class Validity
{
    // A day of spans.
    private const double Step = 1 / 1440.0;

    private double _usual = double.NaN;
    private int _values;
    private int _blank;

    /// <summary>Takes a value.</summary>
    public void Observe(bool isBlank)
    {
        _values++;
        if (isBlank) _blank++;
    }

    /// <summary>1 where as many values are numbers as usual.</summary>
    public double Take()
    {
        if (_values == 0) return 1;
        var share = 1 - ((double)_blank / _values);
        (_values, _blank) = (0, 0);
        if (double.IsNaN(_usual)) _usual = share;
        var validity = share >= _usual ? 1 : share / _usual;
        _usual += (share - _usual) * Step;
        return validity;
    }
}
