namespace LeptonStream.Detection.Calibration;

/// <summary>
/// How many scales wide the band of ordinary values is on this series, so that one ordinary sample in fifty lies outside, whatever the
/// tails: it widens with each that does and narrows a little with each that does not. I. Gibbs and E. Candès, Adaptive Conformal Inference
/// Under Distribution Shift (2021), on a logarithmic scale. 4 bytes, zero at first.
/// </summary>
internal struct BandWidth
{
    private const double Usual = 3;
    private const double Least = 2;
    private const double Widest = 30;
    private const double Outside = 0.02;
    private const double Step = 0.05;

    private float _offset;

    /// <summary>Half the width of the band, in scales of the forecast's error.</summary>
    public readonly double Scales => Usual + _offset;

    /// <summary>Learns from an ordinary sample.</summary>
    /// <param name="distance">Its distance from the expected value, in scales; nothing is learned from NaN.</param>
    public void Learn(double distance)
    {
        if (double.IsNaN(distance)) return;
        var step = Step * ((distance > Scales ? 1 : 0) - Outside);
        _offset = (float)(Math.Clamp(Scales * (1 + step), Least, Widest) - Usual);
    }
}
