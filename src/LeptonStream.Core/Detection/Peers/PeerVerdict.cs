namespace LeptonStream.Detection.Peers;

/// <summary>The position of one series among its siblings at the last comparison.</summary>
/// <param name="Score">
/// How far its value lay from what was expected of it, in scales of the group, signed (up is positive), −1e6..1e6: the smaller of the last
/// two comparisons, 0 where they point to different sides.
/// </param>
/// <param name="Value">The value that was compared, in the metric's unit.</param>
/// <param name="Expected">The siblings' median and its own usual distance from it, in the metric's unit.</param>
/// <param name="Siblings">Number of siblings that it was compared with.</param>
/// <param name="Label">The label by which the group differs, such as <c>rank</c> or <c>gpu</c>; its value in the series' labels names the
/// member. Null where nothing was compared.</param>
/// <param name="IsAnomalous">Whether it is the odd one of the group: the farthest of all, and by <see cref="AnomalousFrom"/> scales at
/// least.</param>
public readonly record struct PeerVerdict(double Score, double Value, double Expected, int Siblings, string? Label, bool IsAnomalous)
{
    /// <summary>From so many scales on a member may be the odd one. <value>6.</value></summary>
    public static double AnomalousFrom => PeersTuning.Default.AnomalousFrom;

    /// <summary>By which share of what was expected the value lies away, from 0; null where that says nothing.</summary>
    public double? Share => Math.Abs(Value - Expected) / Math.Abs(Expected) is var share && share < 1e4 ? share : null;

    /// <summary>There are too few siblings, or the series is too young.</summary>
    public static readonly PeerVerdict None = new(0, double.NaN, double.NaN, 0, null, false);
}
