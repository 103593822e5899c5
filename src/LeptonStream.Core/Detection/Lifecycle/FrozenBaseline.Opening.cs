using LeptonStream.Samples;

namespace LeptonStream.Detection.Lifecycle;

/// <content>The value that opens an alert lies outside the band that the alert shows.</content>
internal sealed partial class FrozenBaseline
{
    // A value so far from the middle of the band, in half widths, may be outside ordinary ones; one that is closer is what is expected.
    private const double AtItsEdge = 0.5;

    // What is left of the distance for the band: a value that is shown with three digits is still outside.
    private const double Short = 0.99;

    /// <summary>
    /// Whether a value that detectors find is what was expected before the onset. The band is as wide as ordinary values once went: where
    /// they are sure of a value near its edge, it ends short of that, and an hour that has seen such a value can't tell it.
    /// </summary>
    /// <param name="sample">The sample that would open the alert.</param>
    public bool Expects(in Sample sample)
    {
        var band = At(sample.Time);
        if (!band.Contains(sample.Value)) return false;
        if (Math.Abs(sample.Value - band.Expected) <= AtItsEdge * band.HalfWidth) return true;
        _numbers.HalfWidth = Math.Min(_numbers.HalfWidth, Short * Math.Abs(sample.Value - LevelAt(sample.Time).Expected));
        if (At(sample.Time).Contains(sample.Value)) _numbers.HasCourse = false;
        _numbers.Side = SideOf(sample);
        return false;
    }
}
