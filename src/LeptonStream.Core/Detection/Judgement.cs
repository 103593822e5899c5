using LeptonStream.Detection.Lifecycle;
using LeptonStream.Forecasting;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <summary>The verdict on one sample.</summary>
/// <param name="Sample">The sample as it was judged: of a counter, its rate.</param>
/// <param name="Score">Score, at least 0; 1.0 is the line of the warning budget.</param>
/// <param name="Change">Change of the series' alert by this sample.</param>
/// <param name="Forecast">Forecast from everything learned before the sample, in the series' unit.</param>
/// <param name="Band">The expected range that people see: of an open alert, by the baseline before its onset.</param>
/// <param name="Surprise">How rare it is, in decades, before anybody asks whether that is novel: what its entity is judged by. 0 for what a
/// rule judged.</param>
/// <param name="Rule">The rule that judged it instead of the detectors, or null.</param>
public readonly record struct Judgement(Sample Sample, double Score, AlertChange Change, Forecast Forecast, ExpectedBand Band,
    double Surprise = 0, string? Rule = null);
