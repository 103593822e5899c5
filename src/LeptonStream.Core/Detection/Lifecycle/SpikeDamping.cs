namespace LeptonStream.Detection.Lifecycle;

/// <summary>
/// Asks more of single spikes on a series that spikes all the time: heavy-tailed noise shows them by nature, an incident lasts. Isolated
/// spikes (scores of 0.6 and above with less on both sides) are counted with a half-life of a week; beyond eight of them a single sample
/// needs up to three times the score. Two in a row never do, and count 15 % more than the lesser of them on every series. Of a rarity
/// by the body of the scores, which has its spikes in it, a tenth as much is asked. All zeros is the state of a series that was never seen.
/// </summary>
internal struct SpikeDamping
{
    // So many spikes beyond those tolerated ask for the most.
    private const double Full = 10;

    // The part of it that is asked of a rarity by the body of the scores: where spikes are many, the body has most of them.
    private const double OfBody = 0.1;

    private static readonly LifecycleTuning Tuning = LifecycleTuning.Default;
    private static readonly double HalfLifeSeconds = 86_400 * Tuning.SpikeHalfLifeDays;

    private double _spikes;
    private double _last;
    private double _beforeLast;

    /// <summary>The score that counts of a raw one.</summary>
    /// <param name="score">The raw score of this sample; 1.0 is the line.</param>
    /// <param name="byBody">The same however often such a sample came; 0 where that is not known.</param>
    /// <param name="intervalSeconds">The usual time between two samples, in seconds.</param>
    public double Damp(double score, double byBody, double intervalSeconds)
    {
        // Halving by 2^−x, for the small x of one sample.
        _spikes *= 1 - Math.Min(1, Math.Log(2) * intervalSeconds / HalfLifeSeconds);
        if (_last >= Tuning.Spike && _beforeLast < Tuning.Spike && score < Tuning.Spike) _spikes++;
        _beforeLast = _last;
        _last = score;
        var lasting = Tuning.LastingBonus * Math.Min(score, _beforeLast);
        var needed = _spikes <= Tuning.TolerableSpikes
            ? 1
            : 1 + (Tuning.MostAskedOfSpikes * Math.Min(1, (_spikes - Tuning.TolerableSpikes) / Full));
        return Math.Max(byBody / (1 + (OfBody * (needed - 1))), Math.Max(score / needed, lasting));
    }
}
