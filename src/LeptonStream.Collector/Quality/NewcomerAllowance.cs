namespace LeptonStream.Collector.Quality;

/// <summary>
/// How many new entities are ordinary: a rollout replaces all of them, and a service scales up. Only those beyond are an explosion of
/// series. What is used up comes back within half an hour.
/// </summary>
internal sealed class NewcomerAllowance
{
    private const double OfKnown = 3;
    private const double Least = 10;
    private const double RefillSeconds = 1800;

    private double _used;

    /// <summary>How many of the new entities of a span are beyond the allowance.</summary>
    /// <param name="fresh">Those of the span.</param>
    /// <param name="known">Those that are known and send.</param>
    /// <param name="seconds">The length of the span.</param>
    public double Excess(int fresh, int known, double seconds)
    {
        var most = (OfKnown * known) + Least;
        _used = Math.Max(0, _used - (most * seconds / RefillSeconds)) + fresh;
        var excess = Math.Clamp(_used - most, 0, fresh);
        _used = Math.Min(_used, most);
        return excess;
    }
}
