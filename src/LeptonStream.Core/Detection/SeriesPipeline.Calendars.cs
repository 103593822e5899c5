using LeptonStream.Detection.Habits;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Store;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <content>Days and hours that are not as others.</content>
public sealed partial class SeriesPipeline
{
    // The time by which the profile of the week is asked, and taught.
    private Timestamp ProfileTime(Timestamp time) => Policy.Like is { } like ? like.At(time) : time;

    private Sample InProfile(in Sample sample) => Policy.Like is { } like ? sample with { Time = like.At(sample.Time) } : sample;

    // Whether nothing is to open now; an alert that an event has said goes on.
    private bool IsMuted(SeriesState series, Timestamp time) => !series.Alert.IsPublished && Policy.IsMutedAt(time);

    // A job of working days need not come on a day that is none.
    private BurstSight SeeBursts(SeriesState series, in Sample sample, double expected, bool isAnomalous)
    {
        var sight = series.SeeBursts(sample, expected, isAnomalous);
        return sight == BurstSight.Missing && Policy.Like is { } like && like.Calendar.Covers(sample.Time) ? BurstSight.None : sight;
    }
}
