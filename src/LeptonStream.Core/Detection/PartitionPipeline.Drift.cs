using LeptonStream.Detection.Events;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Drift;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <content>
/// Distributions: each is compared with its reference, and its distances are samples of series of the same entity, which are judged as
/// any other.
/// </content>
public sealed partial class PartitionPipeline
{
    /// <summary>Number of distributions watched for drift now.</summary>
    public int DistributionCount => _drift.Count;

    // Two producers of one series: a metric has the name of a distance of a distribution that came in another message.
    private bool IsDistance(in SampleBatch.Entity entity, in SampleBatch.Metric metric)
    {
        var name = _batch.BytesOf(metric.Name);
        for (var i = 0; i < DriftNames.Count; i++)
        {
            var suffix = DriftNames.SuffixOf(i);
            if (name.EndsWith(suffix) && _drift.Contains(Series.SeriesId.OfMetric(entity.Id, name[..^suffix.Length]).Value)) return true;
        }

        return false;
    }

    private int JudgeDrift(in SampleBatch.Entity entity, in EventSink sink, ref SampleRefusal lost)
    {
        var judged = 0;
        foreach (ref readonly var distribution in _batch.DistributionsOf(entity))
        {
            if (_drift.Find(IdOf(entity, distribution), _runs.Clock, _series.Cut) is not { } watch)
            {
                _refusals[(int)SampleRefusal.DistributionLimit]++;
                lost = SampleRefusal.DistributionLimit;
                continue;
            }

            if (_drift.Pool(watch, distribution.Sample, distribution.Reference, entity.Time) is not { } sample) continue;
            // Its past must not learn the drift that people are being notified of.
            var isQuiet = true;
            if (_drift.Compare(watch, sample) is { } reading)
                judged += Judge(entity, distribution, reading, sink, ref lost, out isQuiet);
            if (isQuiet) _drift.Learn(watch, sample, entity.Time);
        }

        return judged;
    }

    private int Judge(in SampleBatch.Entity entity, in SampleBatch.DistributionSample distribution, DriftReading reading, in EventSink sink,
        ref SampleRefusal lost, out bool isQuiet)
    {
        var judged = 0;
        isQuiet = true;
        for (var i = 0; i < DriftNames.Count; i++)
        {
            if (double.IsNaN(reading[i])) continue;
            var metric = _batch.Derive(entity, distribution.Name, DriftNames.SuffixOf(i), reading[i]);
            var series = _series.Find(_batch, entity, metric, out var refusal);
            if (series is not null) refusal = Judge(series, entity, metric.Value, sink, reading);
            Count(refusal, ref judged, ref lost);
            isQuiet &= _series.Find(metric.Id.Value) is not { Alert.Phase: not AlertPhase.Quiet };
        }

        return judged;
    }

    private void ForgetDrift(in SampleBatch.Entity entity)
    {
        foreach (ref readonly var distribution in _batch.DistributionsOf(entity))
            _drift.Forget(IdOf(entity, distribution), _series.Cut);
    }

    private UInt128 IdOf(in SampleBatch.Entity entity, in SampleBatch.DistributionSample distribution) =>
        Series.SeriesId.OfMetric(entity.Id, _batch.BytesOf(distribution.Name)).Value;
}
