namespace LeptonStream.Detection.Training;

/// <summary>How the alert of a finding ends. Calm is counted in time, with a least and a largest number of rows: a run may report every 5 ms or once in five minutes.</summary>
/// <param name="ResolveAfter">Calm time that resolves it.</param>
/// <param name="MinRows">Calm rows in a row that it takes at least.</param>
/// <param name="MaxRows">Calm rows in a row that are enough, however short their time: each is a measurement of its own.</param>
/// <param name="MayBeAccepted">Whether a level that lasts may become the new normal. What is critical never is, nor what can't be normal.</param>
internal sealed record FindingTiming(TimeSpan ResolveAfter, int MinRows, int MaxRows, bool MayBeAccepted = true)
{
    /// <summary>A minute: the median of 17 rows has let go of the trouble by then.</summary>
    public static readonly FindingTiming Default = new(TimeSpan.FromMinutes(1), 2, 30);

    /// <summary>That of what can't be normal: frozen, not finite, repeated.</summary>
    public static readonly FindingTiming Grave = Default with { MayBeAccepted = false };

    /// <summary>So many calm rows, whatever their distance: those of evaluations are far apart, and each is sure.</summary>
    public static FindingTiming Rows(int rows) => new(TimeSpan.Zero, rows, rows);
}
