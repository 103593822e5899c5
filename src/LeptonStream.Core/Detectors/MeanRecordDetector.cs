using LeptonStream.Samples;

namespace LeptonStream.Detectors;

/// <summary>
/// <see cref="RecordDetector"/> of the mean of the last 80 values: a level that was never held for so long before. It sees shifts and leaks
/// whose single values are ordinary. Warm-up 140 samples. O(1), 48 bytes beyond the shared window.
/// </summary>
public sealed class MeanRecordDetector : SeriesDetector<MeanRecordDetector.State>
{
    /// <summary>Its name in policies, events and docs.</summary>
    public const string RuleName = "mean-record";

    /// <inheritdoc/>
    public override string Name => RuleName;

    /// <inheritdoc/>
    public override DetectorKind Kind => DetectorKind.Slow;

    /// <inheritdoc/>
    public override double Vote => LevelShiftDetector.SharedVote;

    /// <inheritdoc/>
    protected override double Score(in Sample sample, in SeriesView view, in State state) =>
        state.Records.Score(sample with { Value = LevelShiftDetector.MeanWith(sample, view) });

    /// <inheritdoc/>
    protected override void Learn(in Sample sample, in SeriesView view, ref State state)
    {
        // The mean of a few moves with every value: its records would be those of the values.
        if (view.Window.Count + 1 >= view.Window.Capacity)
            state.Records.Learn(sample with { Value = LevelShiftDetector.MeanWith(sample, view) }, view.MinScale);
    }

    /// <summary>Its state of one series.</summary>
    public struct State
    {
        internal RecordDetector.Records Records;
    }
}
