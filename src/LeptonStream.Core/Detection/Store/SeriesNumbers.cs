using System.Runtime.InteropServices;
using LeptonStream.Detection.Calibration;
using LeptonStream.Detection.Cleaning;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Forecasting;

namespace LeptonStream.Detection.Store;

/// <summary>The numbers that every series has whatever its policy: plain, all zeros at first.</summary>
[StructLayout(LayoutKind.Sequential, Pack = sizeof(int))]
internal struct SeriesNumbers
{
    public HoltWintersForecaster Forecaster;
    public LongDeviation Deviation;
    public ScaleCheck Scales;
    public SpikeDamping Spikes;
    public NoveltyFilter Novelty;

    /// <summary>Samples learned since the series began.</summary>
    public int Learned;

    /// <summary>Anomalous samples in a row.</summary>
    public int ConsecutiveAnomalies;

    /// <summary>Event time of the first of them, in nanoseconds.</summary>
    public long AnomalousSince;

    /// <summary>Intervals in a row that are far longer than the usual.</summary>
    public int FarIntervals;

    /// <summary>Large changes that last, while the series is young.</summary>
    public YoungChange Young;

    /// <summary>Width of the band of ordinary values.</summary>
    public BandWidth Band;

    /// <summary>Which samples the calibrators learn from.</summary>
    public LearningGate Events;

    /// <summary>Whether it is a total that nobody declared.</summary>
    public TotalWatch Total;

    /// <summary>How far the chart is filled.</summary>
    public ChartState Chart;
}

/// <summary>The step of two minutes at which slow detectors look, of a series that has some.</summary>
internal struct SlowStep
{
    public LongDeviation Deviation;
    public double Sum;
    public long FirstNanoseconds;
    public int Count;

    /// <summary>
    /// Steps left for which a finding waits for a value on its side; negative for a low one.
    /// </summary>
    public int Waits;

    /// <summary>The sum of the rarities of the last whole step.</summary>
    public double Decades;
}
