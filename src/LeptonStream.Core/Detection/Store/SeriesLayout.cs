using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LeptonStream.Detection.Calibration;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detectors;
using LeptonStream.Forecasting;
using LeptonStream.Series;
using LeptonStream.State;

namespace LeptonStream.Detection.Store;

/// <summary>
/// Where things lie in the memory of a series: its numbers, both windows, the state and the calibration of each detector, the past and the
/// chart. What every sample needs comes first, what slow detectors need behind it. One for all series with the same detectors and memory
/// plan, and so the one that hands out their memory.
/// </summary>
internal sealed class SeriesLayout
{
    private readonly int _window;
    private readonly int _windowEnd;
    private readonly int _slow;
    private readonly int _slowWindowEnd;
    private readonly int _chart;
    private readonly int[] _state;
    private readonly int[] _stateBytes;
    private readonly int[] _calibrator;
    private readonly int _past;
    private readonly int _slowStep;
    private readonly SeriesMemory _memory;

    public SeriesLayout(DetectionPolicy policy, DetectorSet levels, MemoryPlan plan)
    {
        Detectors = levels.Detectors(plan);
        HasSlow = Array.Exists(Detectors, d => d.Kind == DetectorKind.Slow);
        var at = Aligned(Unsafe.SizeOf<SeriesNumbers>());
        Kinds = Array.ConvertAll(Detectors, d => d.Kind);
        _state = new int[Detectors.Length];
        _stateBytes = Array.ConvertAll(Detectors, d => d.StateBytes);
        _calibrator = new int[Detectors.Length];
        _window = Take(RollingWindow.BytesFor(policy.Window));
        _windowEnd = at;
        for (var i = 0; i < Detectors.Length; i++)
            if (Kinds[i] != DetectorKind.Slow) TakeDetector(i);
        HasPast = plan == MemoryPlan.Default;
        _past = HasPast ? Take(Unsafe.SizeOf<PastExtremes>()) : at;
        // Each sample adds to it.
        _slowStep = HasSlow ? Take(Unsafe.SizeOf<SlowStep>()) : at;
        _slow = at;
        if (HasSlow) Take(RollingWindow.BytesFor(policy.SlowWindow));
        _slowWindowEnd = at;
        for (var i = 0; i < Detectors.Length; i++)
            if (Kinds[i] == DetectorKind.Slow) TakeDetector(i);
        NumberBytes = at;
        ChartPoints = plan == MemoryPlan.Lean ? policy.LeanChartPoints : policy.ChartPoints;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ChartPoints, 1000);
        _chart = Take(SeriesChart.BytesFor(ChartPoints));
        _memory = new(at);

        void TakeDetector(int detector)
        {
            _state[detector] = Take(_stateBytes[detector]);
            _calibrator[detector] = Take(Kinds[detector] == DetectorKind.Rule ? 0 : Unsafe.SizeOf<TailCalibrator>());
        }

        int Take(int bytes)
        {
            var start = at;
            at += Aligned(bytes);
            return start;
        }
    }

    /// <summary>The detectors of the policy, in the fixed order.</summary>
    public SeriesDetector[] Detectors { get; }

    /// <summary>The kind of each: asked several times a sample.</summary>
    public DetectorKind[] Kinds { get; }

    public bool HasSlow { get; }

    /// <summary>Whether it knows <see cref="Past"/>.</summary>
    public bool HasPast { get; }

    /// <summary>Bytes of a series without its chart.</summary>
    public int NumberBytes { get; }

    /// <summary>
    /// Of them, what it remembers of its values: both windows, the longer memory, and the forecast with its daily and weekly profile.
    /// </summary>
    public int MemoryBytes =>
        _windowEnd - _window + (_slowStep - _past) + (_slowWindowEnd - _slow) + Unsafe.SizeOf<HoltWintersForecaster>();

    /// <summary>Points of its chart.</summary>
    public int ChartPoints { get; }

    /// <summary>Memory for what may be the onset of an alert.</summary>
    public OnsetMemory Onsets { get; } = new();

    /// <summary>Bytes of its chart.</summary>
    public int ChartBytes => _memory.BlockBytes - NumberBytes;

    public static ref SeriesNumbers Numbers(Span<byte> memory) => ref MemoryMarshal.AsRef<SeriesNumbers>(memory);

    public RollingWindow Window(Span<byte> memory) => new(memory[_window.._windowEnd]);

    public RollingWindow SlowWindow(Span<byte> memory) => new(memory[_slow.._slowWindowEnd]);

    /// <summary>Only to be asked where there are slow detectors.</summary>
    public ref SlowStep Slow(Span<byte> memory) => ref MemoryMarshal.AsRef<SlowStep>(memory[_slowStep..]);

    /// <summary>The sum of the rarities of the last whole step; 0 without slow detectors.</summary>
    public double SlowDecades(Span<byte> memory) => HasSlow ? Slow(memory).Decades : 0;

    public Span<byte> State(Span<byte> memory, int detector) => memory.Slice(_state[detector], _stateBytes[detector]);

    public ref TailCalibrator Calibrator(Span<byte> memory, int detector) =>
        ref MemoryMarshal.AsRef<TailCalibrator>(memory[_calibrator[detector]..]);

    public ref PastExtremes Past(Span<byte> memory) => ref MemoryMarshal.AsRef<PastExtremes>(memory[_past..]);

    public SeriesChart Chart(Span<byte> memory) => new(memory[_chart..], ref Numbers(memory).Chart, ChartPoints);

    /// <summary>Asks the cache for what every sample of a series needs.</summary>
    public void Prefetch(Memory<byte> memory)
    {
        CacheLines.Prefetch(memory.Span[.._slow]);
        CacheLines.Prefetch(memory.Span.Slice(_chart, SeriesChart.OpenBytes));
    }

    /// <summary>Memory for a series that is seen for the first time.</summary>
    public Memory<byte> Rent() => _memory.Rent();

    /// <summary>Takes the memory of a series back.</summary>
    public void Return(Memory<byte> memory) => _memory.Return(memory);

    /// <summary>Moves the numbers of a series that was laid out otherwise: what both layouts have is kept.</summary>
    /// <returns>Its memory here; what it had is given back.</returns>
    public Memory<byte> Move(Memory<byte> memory, SeriesLayout from)
    {
        var moved = Rent();
        var before = memory.Span;
        var after = moved.Span;
        before[..from._windowEnd].CopyTo(after);
        if (HasSlow && from.HasSlow) before[from._slowStep..from._slowWindowEnd].CopyTo(after[_slowStep..]);
        for (var i = 0; i < Detectors.Length; i++)
        {
            var same = Array.IndexOf(from.Detectors, Detectors[i]);
            if (same < 0) continue;
            from.State(before, same).CopyTo(State(after, i));
            if (Kinds[i] != DetectorKind.Rule) Calibrator(after, i) = from.Calibrator(before, same);
        }

        if (HasPast && from.HasPast) Past(after) = from.Past(before);
        Chart(after).Take(from.Chart(before));
        from.Return(memory);
        return moved;
    }

    // Every part begins where a 64-bit number may lie.
    private static int Aligned(int bytes) => (bytes + 7) & ~7;
}
