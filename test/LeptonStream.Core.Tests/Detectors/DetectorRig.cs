using System.Runtime.InteropServices;
using LeptonStream.Detection.Calibration;
using LeptonStream.Detectors;
using LeptonStream.Forecasting;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Statistics;

namespace LeptonStream.Core.Tests.Detectors;

/// <summary>One detector with what the pipeline shares with it, driven as the pipeline does.</summary>
internal sealed class DetectorRig(string name)
{
    private readonly SeriesDetector _detector = Named(name);
    private readonly byte[] _state = new byte[Named(name).StateBytes];
    private readonly byte[] _window = new byte[RollingWindow.BytesFor(80)];
    private HoltWintersForecaster _forecaster;
    private LongDeviation _deviation;

    public bool IsSlow => _detector.Kind == DetectorKind.Slow;

    /// <summary>Its score; of a slow one that warms up 0, as the pipeline takes it.</summary>
    public double Score(in Sample given) => Raw(given) is var raw && IsSlow && double.IsNaN(raw) ? 0 : raw;

    public double Raw(in Sample given)
    {
        var sample = Within(given);
        return _detector.Score(sample, View(sample), _state);
    }

    public void Learn(in Sample given)
    {
        var sample = Within(given);
        var view = View(sample);
        _detector.Learn(sample, view, _state);
        _forecaster.Learn(sample, 300);
        _deviation.Learn(sample);
        view.Window.Push(sample.Value);
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

    /// <summary>The bytes of everything it knows.</summary>
    public byte[] Snapshot() =>
    [
        .. _state, .. _window,
        .. MemoryMarshal.AsBytes(new ReadOnlySpan<HoltWintersForecaster>(ref _forecaster)),
        .. MemoryMarshal.AsBytes(new ReadOnlySpan<LongDeviation>(ref _deviation)),
    ];

    public void Restore(ReadOnlySpan<byte> snapshot)
    {
        snapshot[.._state.Length].CopyTo(_state);
        snapshot = snapshot[_state.Length..];
        snapshot[.._window.Length].CopyTo(_window);
        snapshot = snapshot[_window.Length..];
        _forecaster = MemoryMarshal.Read<HoltWintersForecaster>(snapshot);
        _deviation = MemoryMarshal.Read<LongDeviation>(snapshot[^System.Runtime.CompilerServices.Unsafe.SizeOf<LongDeviation>()..]);
    }

    private static Sample Within(in Sample sample) => sample with { Value = Magnitude.Clamp(sample.Value) };

    private SeriesView View(in Sample sample) => _detector.Kind == DetectorKind.Slow
        ? new(new(_window), Forecast.None, _deviation.Value)
        : new(new(_window), _forecaster.Predict(sample.Time), minScale: 0);

    private static SeriesDetector Named(string name) => DetectorCatalog.All.Single(d => d.Name == name);
}
