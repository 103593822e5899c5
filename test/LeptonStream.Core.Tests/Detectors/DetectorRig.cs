using LeptonStream.Detectors;
using LeptonStream.Forecasting;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detectors;

/// <summary>One detector with what the pipeline shares with it, driven as the pipeline does.</summary>
internal sealed class DetectorRig(string name)
{
    private readonly ISeriesDetector _detector = DetectorCatalog.Create().Single(d => d.Name == name);
    private readonly RollingWindow _window = new(120);
    private readonly HoltWintersForecaster _forecaster = new();

    public double Score(in Sample sample) => _detector.Score(sample, View(sample));

    public void Learn(in Sample sample)
    {
        _detector.Learn(sample, View(sample));
        _forecaster.Learn(sample, 60);
        _window.Push(sample.Value);
    }

    public double[] Run(ReadOnlySpan<Sample> samples)
    {
        var scores = new double[samples.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = Score(samples[i]);
            Learn(samples[i]);
        }

        return scores;
    }

    public byte[] Snapshot()
    {
        var state = new StateWriter();
        _detector.Save(state);
        _window.Save(state);
        _forecaster.Save(state);
        return state.Written.ToArray();
    }

    public void Restore(byte[] snapshot)
    {
        var state = new StateReader(snapshot);
        _detector.Load(ref state);
        _window.Load(ref state);
        _forecaster.Load(ref state);
        Assert.That(state.AtEnd, Is.True);
    }

    private SeriesView View(in Sample sample) => new(_window, _forecaster.Predict(sample.Time), leastScale: 0);
}
