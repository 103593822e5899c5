using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Store;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <content>Engines that have work and make no progress.</content>
public sealed partial class SeriesPipeline
{
    private static bool Hangs(SeriesState series, in Sample sample) => series.Progress is { } watch && watch.Hangs(series, sample);

    // An alert that is open becomes the rule's, whoever opened it: its text says what to do. One that opens began with the pause.
    private static void TakeOver(SeriesState series, AlertChange change)
    {
        if (change == AlertChange.Worsened || series.Alert.IsSilent) series.OpenedBy = DetectorSet.NoProgress;
        if (change == AlertChange.Opened) series.Alert.BeginAt(series.Progress!.Since);
    }
}
