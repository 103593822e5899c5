namespace LeptonStream.Detection.Policies;

/// <summary>
/// How a rule, a preset or the defaults change the detectors of a series: by a list of their own, or by adding to those and taking from
/// those that would hold without it.
/// </summary>
/// <param name="Only">The detectors that replace all others; null to keep them.</param>
/// <param name="On">Those that are added.</param>
/// <param name="Off">Those that are taken away; none of them is in <paramref name="On"/>.</param>
public sealed record DetectorChange(DetectorSet? Only, DetectorSet On, DetectorSet Off)
{
    /// <summary>A list that replaces all others.</summary>
    public static DetectorChange Replace(DetectorSet only) => new(only, default, default);

    /// <summary>Adds to what holds.</summary>
    public static DetectorChange Add(DetectorSet on) => new(null, on, default);

    /// <summary>Takes from what holds.</summary>
    public static DetectorChange Remove(DetectorSet off) => new(null, default, off);

    /// <summary>This change made to the result of another, as one change.</summary>
    public DetectorChange After(DetectorChange? first)
    {
        if (first is null || Only is not null) return this;
        if (first.Only is not null) return Replace(ApplyTo(first.ApplyTo(default)));
        return new(null, first.On.Without(Off).With(On), first.Off.Without(On).With(Off));
    }

    /// <summary>The detectors that hold after the change.</summary>
    /// <param name="before">Those that hold without it.</param>
    public DetectorSet ApplyTo(DetectorSet before) => (Only ?? before).With(On).Without(Off);
}
