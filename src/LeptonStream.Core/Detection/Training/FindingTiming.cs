using LeptonStream.Detection.Lifecycle;

namespace LeptonStream.Detection.Training;

/// <summary>
/// How the alert of a finding ends. Calm is counted in time, with a largest number of rows: a run may report every 5 ms or once in five
/// minutes, and each row is a measurement of its own.
/// </summary>
/// <param name="ResolveAfter">Calm time that resolves it, and two rows.</param>
/// <param name="MaxRows">Calm rows in a row that are enough, however short their time.</param>
/// <param name="MayBeAccepted">Whether a level that lasts may become the new normal. What is critical never is, nor what can't be
/// normal.</param>
/// <param name="IsScaled">Whether the sensitivity of the policy multiplies its scores: not where they are 1 at a time or a count that is
/// set.</param>
internal sealed record FindingTiming(TimeSpan ResolveAfter, int MaxRows, bool MayBeAccepted = true, bool IsScaled = true)
{
    /// <summary>A minute, or 30 rows: the median of 17 has let go of the trouble by then.</summary>
    public static readonly FindingTiming Default = new(TimeSpan.FromMinutes(1), 30);

    /// <summary>That of what can't be normal: frozen, not finite, repeated.</summary>
    public static readonly FindingTiming Grave = Default with { MayBeAccepted = false };

    /// <summary>So many calm rows, whatever their distance: those of evaluations are far apart, and each is sure.</summary>
    public static FindingTiming Rows(int rows) => new(TimeSpan.FromDays(36_500), rows);

    /// <summary>
    /// The life of such an alert. A score of 1 opens it at once: the rules gather their evidence themselves, and say themselves what is
    /// critical.
    /// </summary>
    public AlertLifecycle Begin() =>
        new(new() { ResolveAfter = ResolveAfter, Refractory = TimeSpan.Zero }, double.PositiveInfinity, TimeSpan.MaxValue);
}
