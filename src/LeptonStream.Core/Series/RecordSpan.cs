namespace LeptonStream.Series;

/// <summary>For how long a series had shown no value so high, or so low, before an incident.</summary>
/// <param name="Length">So long at least, from an hour on; where it is <paramref name="IsEver"/>, for how long the series is known.</param>
/// <param name="IsEver">Whether it never had.</param>
public readonly record struct RecordSpan(TimeSpan Length, bool IsEver);
