using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LeptonStream.Detectors;
using LeptonStream.Series;

namespace LeptonStream.Detection;

/// <summary>Where things lie in the memory of a series under one policy: its numbers, both windows, the state and the calibration of each detector, and the chart.</summary>
internal sealed class SeriesLayout
{
    private readonly int _window;
    private readonly int _slowWindow;
    private readonly int _chart;
    private readonly int[] _state;
    private readonly int[] _calibrator;

    public SeriesLayout(DetectionPolicy policy)
    {
        Detectors = DetectorCatalog.Of(policy.Levels);
        HasSlow = Detectors.Any(d => d.Kind == DetectorKind.Slow);
        var at = Aligned(Unsafe.SizeOf<SeriesNumbers>());
        _window = Take(RollingWindow.BytesFor(policy.Window));
        _slowWindow = HasSlow ? Take(RollingWindow.BytesFor(policy.SlowWindow)) : at;
        _state = [.. Detectors.Select(d => Take(d.StateBytes))];
        _calibrator = [.. Detectors.Select(d => Take(d.Kind == DetectorKind.Rule ? 0 : Unsafe.SizeOf<TailCalibrator>()))];
        WindowBytes = at;
        _chart = Take(policy.ChartPoints * Unsafe.SizeOf<ChartPoint>());
        Bytes = at;

        int Take(int bytes)
        {
            var start = at;
            at += Aligned(bytes);
            return start;
        }
    }

    /// <summary>The detectors of the policy, in the fixed order.</summary>
    public ISeriesDetector[] Detectors { get; }

    public bool HasSlow { get; }

    /// <summary>Bytes of a series.</summary>
    public int Bytes { get; }

    /// <summary>Bytes of a series without its chart.</summary>
    public int WindowBytes { get; }

    public static ref SeriesNumbers Numbers(Span<byte> memory) => ref MemoryMarshal.AsRef<SeriesNumbers>(memory);

    public RollingWindow Window(Span<byte> memory) => new(memory[_window.._slowWindow]);

    public RollingWindow SlowWindow(Span<byte> memory) => new(memory[_slowWindow.._state[0]]);

    public Span<byte> State(Span<byte> memory, int detector) => memory.Slice(_state[detector], Detectors[detector].StateBytes);

    public ref TailCalibrator Calibrator(Span<byte> memory, int detector) => ref MemoryMarshal.AsRef<TailCalibrator>(memory[_calibrator[detector]..]);

    public Span<ChartPoint> Chart(Span<byte> memory) => MemoryMarshal.Cast<byte, ChartPoint>(memory[_chart..]);

    // Every part begins where a 64-bit number may lie.
    private static int Aligned(int bytes) => (bytes + 7) & ~7;
}

/// <summary>A point of the chart; no more exact than a chart shows.</summary>
/// <param name="Nanoseconds">Its time.</param>
/// <param name="Value">The value.</param>
/// <param name="Expected">What was expected.</param>
/// <param name="Scale">The scale of the band about it.</param>
internal readonly record struct ChartPoint(long Nanoseconds, float Value, float Expected, float Scale);
