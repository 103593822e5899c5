using LeptonStream.Detection.Events;
using LeptonStream.Detection.Store;
using LeptonStream.Samples;
using LeptonStream.Updates;

namespace LeptonStream.Detection;

/// <content>Versions of models: where messages say one, the values of each are compared with those of the one before.</content>
public sealed partial class PartitionPipeline
{
    // The version of the message at hand.
    private VersionHistory? _version;

    /// <summary>Number of models whose versions are compared now.</summary>
    internal int VersionedModelCount => _versions.Count;

    /// <summary>
    /// Number of entities of accepted records whose version is not compared because the partition compares as many models as it may
    /// (<see cref="DetectionPolicy.VersionedModelsPerPartition"/>), since the pipeline began.
    /// </summary>
    public long VersionsLeftOut => _versions.LeftOut;

    private void BeginVersion(in SampleBatch.Entity entity, in EventSink sink)
    {
        var version = _batch.VersionOf(entity);
        var watch = _versions.Find(_batch.BytesOf(entity.Model), !version.IsEmpty, _runs.Clock, _series.Cut);
        if (entity.IsDeclaration) watch?.Declare(version, entity.Time);
        _version = entity.IsDeclaration ? null : watch?.Begin(version, entity.Time, sink);
    }

    private static void TakeVersion(VersionHistory version, SeriesState series, double value)
    {
        var metric = series.Metric;
        var history = version.Find(metric);
        // Most values of a version have no place, and come all the same.
        if (history is null && version.HasRoom(MetricTraits.IsMainOf(metric, series.Policy)))
            history = MetricTraits.Of(metric, series.Policy) is { } traits ? version.TryAdd(traits) : null;
        history?.Add(version.Block, value);
    }
}
