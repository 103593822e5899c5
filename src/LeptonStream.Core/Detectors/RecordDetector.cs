using LeptonStream.Samples;
using LeptonStream.Statistics;

namespace LeptonStream.Detectors;

/// <summary>
/// How far a value lies outside everything the series has ever shown (one wild value or one incident counts for three hours only), in
/// sixteenths of that range; 0 inside it. The record among n exchangeable values is the newest with probability 1/n (M. N. Foster and A.
/// Stuart, JRSS B 16, 1954), so records are rare by themselves once a series is old. Unlike <see cref="NewExtremeDetector"/> it looks at
/// the single value, and everything up to the last one counts. Warm-up 60 samples. O(1), 48 bytes.
/// </summary>
public sealed class RecordDetector : SeriesDetector<RecordDetector.State>
{
    /// <summary>Its name in policies, events and docs.</summary>
    public const string RuleName = "record";

    private static readonly DetectorsTuning Tuning = DetectorsTuning.Default;
    private static readonly int WarmUp = Tuning.RecordWarmUp;

    /// <inheritdoc/>
    public override string Name => RuleName;

    /// <inheritdoc/>
    public override DetectorKind Kind => DetectorKind.Slow;

    /// <inheritdoc/>
    protected override double Score(in Sample sample, in SeriesView view, in State state) => state.Records.Score(sample);

    /// <inheritdoc/>
    protected override void Learn(in Sample sample, in SeriesView view, ref State state) => state.Records.Learn(sample, view.MinScale);

    /// <summary>Its state of one series.</summary>
    public struct State
    {
        internal Records Records;
    }

    /// <summary>The range of all values so far, but for what came only once.</summary>
    internal struct Records
    {
        // So many deviations outside it, a value is an event of its own.
        private static readonly double Reach = Tuning.RecordReach;

        private RecurringRange _range;
        private int _count;

        public readonly double Score(in Sample sample) =>
            _count < WarmUp || _range.Width <= 0
                ? NotYet
                : Math.Min(16 * (_range.DistanceTo(sample.Value, sample.Time) / _range.Width), ScaledDifference.Max);

        public void Learn(in Sample sample, double scale)
        {
            _range.Add(sample.Value, _count < WarmUp ? double.PositiveInfinity : Reach * scale, sample.Time);
            if (_count < int.MaxValue) _count++;
        }
    }
}
