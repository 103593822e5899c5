namespace LeptonStream.Samples;

/// <summary>The reason for which one sample of an accepted record was not judged; the <c>reason</c> attribute of a counter.</summary>
public enum SampleRefusal
{
    /// <summary>It was judged.</summary>
    None = 0,

    /// <summary>It is older than the newest sample of its series.</summary>
    OutOfOrder = 1,

    /// <summary>Its series already has a sample of that time.</summary>
    Duplicate = 2,

    /// <summary>It is a vendor's mark for "no reading" (DCGM's blank values).</summary>
    VendorBlank = 3,

    /// <summary>Its series is new and the partition holds as many series as it may.</summary>
    SeriesLimit = 4,

    /// <summary>It is the first of a counter, whose rate takes two.</summary>
    CounterStart = 5,

    /// <summary>Its counter began again: how much it had counted by then is unknown.</summary>
    CounterReset = 6,

    /// <summary>The policy ignores its series.</summary>
    Ignored = 7,

    /// <summary>Its distribution is new and the partition holds as many distributions as it may.</summary>
    DistributionLimit = 8,

    /// <summary>Its series only rose until now, and began again near 0: nobody declared it a counter, and it is taken as one.</summary>
    CounterFound = 9,

    /// <summary>It has the name of a distance of a distribution of its entity, of which the detector makes a series itself.</summary>
    DriftName = 10,
}

/// <summary>Classifies the reasons.</summary>
public static class SampleRefusals
{
    /// <summary>Whether it says nothing of now: its series may be silent all the same.</summary>
    /// <param name="reason">The reason.</param>
    public static bool IsOld(this SampleRefusal reason) => reason is SampleRefusal.OutOfOrder or SampleRefusal.Duplicate;

    /// <summary>
    /// Whether a value was lost that somebody wanted to be judged. Not where a counter begins, an exporter has no reading, or a policy says
    /// to ignore it.
    /// </summary>
    /// <param name="reason">The reason.</param>
    public static bool IsLoss(this SampleRefusal reason) =>
        reason is SampleRefusal.OutOfOrder or SampleRefusal.Duplicate or SampleRefusal.SeriesLimit or SampleRefusal.DistributionLimit
            or SampleRefusal.DriftName;
}
