namespace LeptonStream.Samples;

/// <summary>One value of one series at one time.</summary>
/// <param name="Time">When it was measured (event time, from the producer).</param>
/// <param name="Value">What was measured, in the series' own unit; may be NaN or infinite where the producer said so.</param>
/// <param name="Step">The training step it belongs to, or <see cref="NoStep"/>.</param>
public readonly record struct Sample(Timestamp Time, double Value, long Step = Sample.NoStep)
{
    /// <summary>The value of <see cref="Step"/> for a sample that belongs to no training step.</summary>
    public const long NoStep = -1;
}
