using LeptonStream.Samples;

namespace LeptonStream.Detection.Lifecycle;

/// <content>The value that opens an alert lies outside the band that the alert shows.</content>
internal sealed partial class FrozenBaseline
{
    // Half widths from the middle of the band within which a value is as expected.
    private const double AtItsEdge = 0.5;

    // The share of the distance that the band keeps: a value shown with three digits is still outside.
    private const double Short = 0.99;

    /// <summary>Whether a value is as expected before the onset.</summary>
    public bool Expects(in Sample sample) => At(sample.Time) is var band && band.Contains(sample.Value)
        && Math.Abs(sample.Value - band.Expected) <= AtItsEdge * band.HalfWidth;

    /// <summary>
    /// Takes that detectors are sure of a value. The band is as wide as ordinary values once went: where the value lies near its edge, it
    /// ends short of that, and an hour that has seen such a value says nothing of it.
    /// </summary>
    /// <param name="sample">The sample that opens the alert.</param>
    public void EndShortOf(in Sample sample)
    {
        if (!At(sample.Time).Contains(sample.Value) || Expects(sample)) return;
        _numbers.HalfWidth = Math.Min(_numbers.HalfWidth, Short * Math.Abs(sample.Value - LevelAt(sample.Time).Expected));
        if (At(sample.Time).Contains(sample.Value)) _numbers.HasCourse = false;
        _numbers.Side = SideOf(sample);
    }
}
