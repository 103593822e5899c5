using System.Text;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Detection.Store;
using LeptonStream.Explanations;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection;

/// <content>Sentences of those who collect: which series have ended, and how well the data of a source come.</content>
public sealed partial class PartitionPipeline
{
    private const int MostParts = 3;

    // A part that is as low names itself.
    private const double Low = 0.95;

    private static ReadOnlySpan<byte> Quality => "lepton.quality."u8;

    // The parts of a score stand beside it in its message; so does the number of targets of which some are lost.
    private List<QualityPart>? QualityOf(SeriesState series, in SampleBatch.Entity entity)
    {
        if (series.Policy.Preset is not { Kind: MetricKind.DataQuality } preset) return null;
        if (preset.Canonical == LostTargets.Canonical) return TargetsOf(entity);
        var parts = new List<QualityPart>();
        foreach (ref readonly var metric in _batch.MetricsOf(entity))
        {
            var name = _batch.BytesOf(metric.Name);
            if (metric.Value is >= 0 and < Low && name.StartsWith(Quality) && !name.EndsWith("_s"u8))
                parts.Add(new(Encoding.UTF8.GetString(name[Quality.Length..]), metric.Value));
        }

        return [.. parts.Where(part => part.Name != "score").OrderBy(part => part.Value).Take(MostParts)];
    }

    private List<QualityPart> TargetsOf(in SampleBatch.Entity entity)
    {
        foreach (ref readonly var metric in _batch.MetricsOf(entity))
            if (_batch.BytesOf(metric.Name).SequenceEqual("lepton.quality.targets"u8)) return [new(LostTargets.All, metric.Value)];
        return [];
    }

    // Its producer says that nothing more comes of them.
    private void End(in SampleBatch.Entity entity)
    {
        foreach (var name in _batch.EndedOf(entity))
        {
            if (_series.Find(SeriesId.OfMetric(entity.Id, _batch.BytesOf(name)).Value) is not { } series) continue;
            _series.Cut?.Keep(series);
            _open.Hasten(series, _runs.Clock);
        }
    }
}
