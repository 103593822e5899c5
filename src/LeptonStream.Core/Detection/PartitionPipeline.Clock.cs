using LeptonStream.Alerts;
using LeptonStream.Detection.Events;
using LeptonStream.Detection.Gaps;
using LeptonStream.Detection.Store;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <content>A clock that ran ahead: it is set back, and whoever is ahead of it begins again.</content>
public sealed partial class PartitionPipeline
{
    private void SetBack(Timestamp to, long offset, List<AlertEvent> events)
    {
        var cause = $"a record had set the clock ahead by {_runs.Clock - to:d\\.hh\\:mm\\:ss}, and those since are of earlier times";
        _series.Cut?.Abandon();
        _runs.SetBack(to);
        _series.SetBack(to);
        _open.SetBack(to);
        _drift.SetBack(to);
        _versions.SetBack(to);
        _gaps.SetBack(to);
        Tell(new(StateGapCause.ClockRanAhead, offset, offset, to, cause), [], events);
    }

    // A series that is ahead of the clock takes no sample of now: it is noted, and forgotten behind the record.
    private SampleRefusal Judge(
        SeriesState series, in SampleBatch.Entity entity, double value, in EventSink sink, ref List<SeriesState>? ahead)
    {
        var refusal = Judge(series, entity, value, sink);
        if (refusal == SampleRefusal.OutOfOrder && _series.IsAhead(series)) (ahead ??= []).Add(series);
        return refusal;
    }

    // Nobody else ends the alerts of a run.
    private void ForgetAhead(SeriesState series, in EventSink sink)
    {
        if (series.Entity is { Run: not null } run && _series.IsAhead(run)) _runs.Abandon(run, sink);
        _series.ForgetAhead(series);
    }
}
