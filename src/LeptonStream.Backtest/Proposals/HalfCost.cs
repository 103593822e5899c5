namespace LeptonStream.Backtest.Proposals;

/// <summary>What is wrong with the alerts of one half of a recording.</summary>
/// <param name="Missed">Labelled events in which no alert stood.</param>
/// <param name="False">Alerts that touch no labelled event; where nothing is labelled, those beyond the allowance.</param>
internal readonly record struct HalfCost(int Missed, int False)
{
    /// <summary>False alerts that are as bad as a missed event.</summary>
    public const int FalseForMissed = 5;

    /// <summary>In false alerts.</summary>
    public int Total => (FalseForMissed * Missed) + False;

    public static HalfCost operator +(HalfCost one, HalfCost other) => new(one.Missed + other.Missed, one.False + other.False);
}
