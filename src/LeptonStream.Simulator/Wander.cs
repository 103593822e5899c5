namespace LeptonStream.Simulator;

/// <summary>Slow noise: a first-order autoregression of unit variance, the same at any sampling interval.</summary>
internal sealed class Wander(Noise noise, TimeSpan timeConstant)
{
    private double _value;

    /// <summary>The next value.</summary>
    public double Next(in Moment now)
    {
        var keep = now.Index == 0 ? 0 : now.Keep(timeConstant);
        return _value = (keep * _value) + (Math.Sqrt(1 - (keep * keep)) * noise.Normal());
    }
}
