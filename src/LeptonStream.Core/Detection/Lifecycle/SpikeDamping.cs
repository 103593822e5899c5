namespace LeptonStream.Detection.Lifecycle;

/// <summary>
/// Asks more of single spikes on a series that spikes all the time: heavy-tailed noise shows them by nature, an incident lasts. Isolated
/// spikes (scores of 0.6 and above with less on both sides) are counted with a half-life of a week; beyond eight of them a single sample
/// needs up to three times the score. Two in a row never do, and count 15 % more than the lesser of them on every series. All zeros is the
/// state of a series that was never seen.
/// </summary>
internal struct SpikeDamping
{
    private const double Spike = 0.6;
    private const double HalfLifeSeconds = 604_800;
    private const double Tolerated = 8;
    private const double Full = 10;
    private const double MaxAsked = 2;
    private const double Lasting = 1.15;

    private double _spikes;
    private double _last;
    private double _beforeLast;

    /// <summary>The score that counts of a raw one.</summary>
    /// <param name="score">The raw score of this sample; 1.0 is the line.</param>
    /// <param name="intervalSeconds">The usual time between two samples, in seconds.</param>
    public double Damp(double score, double intervalSeconds)
    {
        // Halving by 2^−x, for the small x of one sample.
        _spikes *= 1 - Math.Min(1, Math.Log(2) * intervalSeconds / HalfLifeSeconds);
        if (_last >= Spike && _beforeLast < Spike && score < Spike) _spikes++;
        _beforeLast = _last;
        _last = score;
        var lasting = Lasting * Math.Min(score, _beforeLast);
        var needed = _spikes <= Tolerated ? 1 : 1 + (MaxAsked * Math.Min(1, (_spikes - Tolerated) / Full));
        return Math.Max(score / needed, lasting);
    }
}
