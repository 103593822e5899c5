namespace LeptonStream.Samples;

/// <summary>One value of one series at one time.</summary>
/// <param name="Time">Event time of the measurement, from the producer.</param>
/// <param name="Value">Measured value in the series' own unit; NaN or infinite where the producer sent that.</param>
/// <param name="Step">The training step it belongs to, or <see cref="NoStep"/>.</param>
public readonly record struct Sample(Timestamp Time, double Value, long Step = Sample.NoStep)
{
    /// <summary>The value of <see cref="Step"/> for a sample that belongs to no training step.</summary>
    public const long NoStep = -1;
}
