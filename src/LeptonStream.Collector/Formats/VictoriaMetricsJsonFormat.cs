using System.Text.Json;
using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>
/// VictoriaMetrics' JSON lines: <c>{"metric":{"__name__":"x","job":"y"},"values":[1,2],"timestamps":[1763856000000,…]}</c>.
/// </summary>
internal sealed class VictoriaMetricsJsonFormat : JsonFormat
{
    public override string Name => "victoriametrics_json";

    protected override void ReadObject(ref Utf8JsonReader json)
    {
        var firstLabel = Batch.LabelCount;
        Text name = default;
        Utf8JsonReader values = default, times = default;
        var (hasValues, hasTimes) = (false, false);
        while (TryProperty(ref json))
        {
            if (json.ValueTextEquals("metric"u8))
            {
                json.Read();
                ReadLabels(ref json, firstLabel, ref name);
            }
            else if (json.ValueTextEquals("values"u8))
            {
                json.Read();
                hasValues = json.TokenType == JsonTokenType.StartArray;
                values = json;
                json.Skip();
            }
            else if (json.ValueTextEquals("timestamps"u8))
            {
                json.Read();
                hasTimes = json.TokenType == JsonTokenType.StartArray;
                times = json;
                json.Skip();
            }
            else
            {
                json.Skip();
            }
        }

        if (Batch.ReasonOfName(name) is var reason and not RefusalReason.None)
            Batch.RefuseOf(name, reason, "metric.__name__");
        else if (!hasValues || !hasTimes)
            Batch.RefuseOf(name, RefusalReason.MissingField, hasValues ? "timestamps" : "values");
        else if (Batch.LabelCount - firstLabel > Batch.Limits.Labels)
            Batch.RefuseOf(name, RefusalReason.TooManyLabels, $"more than {Batch.Limits.Labels} labels");
        else
            ReadValues(ref values, ref times, name, Batch.LabelsSince(firstLabel));
    }

    private void ReadValues(ref Utf8JsonReader values, ref Utf8JsonReader times, Text name, LabelRange labels)
    {
        while (true)
        {
            var hasValue = values.Read() && values.TokenType != JsonTokenType.EndArray;
            var hasTime = times.Read() && times.TokenType != JsonTokenType.EndArray;
            if (hasValue != hasTime) Batch.RefuseOf(name, RefusalReason.Malformed, "not as many values as timestamps");
            if (!hasValue || !hasTime || !Batch.MayAdd()) return;
            var reason = ReadNumber(ref values, out var value);
            if (!TryTime(ref times, out var time) || time == Point.NoTime) reason = RefusalReason.BadTime;
            if (reason != RefusalReason.None)
            {
                Batch.RefuseOf(name, reason, "a value or its time");
                continue;
            }

            ref var point = ref Batch.Add();
            point.Name = name;
            point.Labels = labels;
            point.Value = value;
            point.Time = time;
            RemoteWriteMetadata.SetKindByName(Batch, ref point);
        }
    }
}
