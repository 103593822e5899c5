using System.Text.Json;
using LeptonStream.Collector.Points;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Detection.Training;
using LeptonStream.Series;

namespace LeptonStream.Collector.Formats;

/// <summary>
/// The JSON of prometheus-kafka-adapter: <c>{"timestamp":"1970-01-01T00:00:00Z","value":"1","name":"up","labels":{"__name__":"up"}}</c>.
/// Its times have whole seconds.
/// </summary>
internal sealed class KafkaAdapterJsonFormat : JsonFormat
{
    public override string Name => "prometheus_kafka_adapter";

    protected override void ReadObject(ref Utf8JsonReader json)
    {
        var firstLabel = Batch.LabelCount;
        Text name = default, labelled = default;
        var time = Point.NoTime;
        string? wrongTime = null;
        var value = double.NaN;
        var reason = RefusalReason.MissingField;
        while (TryProperty(ref json))
        {
            if (json.ValueTextEquals("timestamp"u8))
            {
                json.Read();
                wrongTime = TryTime(ref json, out time) ? null : NotATime("timestamp", json);
            }
            else if (json.ValueTextEquals("value"u8))
            {
                json.Read();
                reason = ReadNumber(ref json, out value);
            }
            else if (json.ValueTextEquals("name"u8))
            {
                json.Read();
                name = KeepValue(ref json);
            }
            else if (json.ValueTextEquals("labels"u8))
            {
                json.Read();
                ReadLabels(ref json, firstLabel, ref labelled);
            }
            else
            {
                json.Skip();
            }
        }

        if (name.IsEmpty) name = labelled;
        if (wrongTime is not null) reason = RefusalReason.BadTime;
        if (reason == RefusalReason.TextValue) reason = RefusalReason.BadNumber;
        if (reason != RefusalReason.None)
        {
            Batch.RefuseOf(name, reason, wrongTime ?? "value");
        }
        else if (Batch.MayAdd())
        {
            ref var point = ref Batch.Add();
            point.Name = name;
            RemoteWriteMetadata.SetKindByName(Batch, ref point);
            if (double.IsNaN(value) && !MayBeNaN(name, firstLabel)) point.Flags |= PointFlags.Stale;
            End(firstLabel, value, time);
        }
    }

    // The adapter writes Prometheus' stale marker as any NaN. Those that targets expose are quantiles of no observations, and the losses
    // and norms of a run that diverges: an alert at the end of a run is better than none of its divergence.
    private bool MayBeNaN(Text name, int firstLabel)
    {
        if (Batch.TryLabel(Batch.LabelsSince(firstLabel), "quantile"u8, out _)) return true;
        var metric = Batch.TextOf(name);
        return TrainingRoles.Of(metric) != TrainingRole.None
            || PresetCatalog.Default.Find(metric, LabelSet.Empty) is { Kind: MetricKind.TrainingHealth };
    }
}
