using System.Text.Json;
using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>
/// The program's own messages (docs/events.md): one, an array, or one a line:
/// <c>{"model":"llama-70b","ts":"2026-11-22T10:00:00Z","labels":{…},"step":1200,"metrics":{"ttft_p99_ms":182.3}}</c>.
/// </summary>
internal sealed class NativeJsonLinesFormat : JsonFormat
{
    public override string Name => "native_json";

    protected override void ReadObject(ref Utf8JsonReader json)
    {
        var firstLabel = Batch.LabelCount;
        Text model = default, unused = default;
        long time = Point.NoTime, step = Point.NoStep;
        var isTime = true;
        Utf8JsonReader metrics = default;
        var hasMetrics = false;
        while (TryProperty(ref json))
        {
            if (json.ValueTextEquals("model"u8))
            {
                json.Read();
                model = KeepValue(ref json);
            }
            else if (json.ValueTextEquals("ts"u8))
            {
                json.Read();
                isTime = TryTime(ref json, out time);
            }
            else if (json.ValueTextEquals("labels"u8))
            {
                json.Read();
                ReadLabels(ref json, firstLabel, ref unused);
            }
            else if (json.ValueTextEquals("step"u8))
            {
                json.Read();
                if (ReadNumber(ref json, out var number) == RefusalReason.None && number is >= 0 and < 9e15) step = (long)number;
            }
            else if (json.ValueTextEquals("metrics"u8))
            {
                json.Read();
                hasMetrics = json.TokenType == JsonTokenType.StartObject;
                metrics = json;
                json.Skip();
            }
            else if (json.ValueTextEquals("distributions"u8))
            {
                // Nobody is to believe that they are watched.
                json.Skip();
                Batch.Refuse(RefusalReason.Unsupported, "distributions");
            }
            else
            {
                json.Skip();
            }
        }

        if (model.IsEmpty || !hasMetrics)
            Batch.Refuse(RefusalReason.MissingField, model.IsEmpty ? "model" : "metrics");
        else if (!Batch.IsGood(model))
            Batch.Refuse(Batch.ReasonOf(model), "model");
        else if (!isTime)
            Batch.Refuse(RefusalReason.BadTime, "ts");
        else if (Batch.LabelCount - firstLabel > Batch.Limits.Labels)
            Batch.Refuse(RefusalReason.TooManyLabels, $"more than {Batch.Limits.Labels} labels");
        else
            ReadMetrics(ref metrics, model, Batch.LabelsSince(firstLabel), time, step);
    }

    private void ReadMetrics(ref Utf8JsonReader json, Text model, LabelRange labels, long time, long step)
    {
        while (TryProperty(ref json) && Batch.MayAdd())
        {
            var name = Keep(ref json);
            json.Read();
            var reason = ReadNumber(ref json, out var value);
            if (reason == RefusalReason.TextValue) reason = RefusalReason.WrongType;
            if (reason == RefusalReason.None) reason = Batch.ReasonOfName(name);
            if (reason != RefusalReason.None)
            {
                Batch.RefuseOf(name, reason, "a metric");
                continue;
            }

            ref var point = ref Batch.Add();
            point.Name = name;
            point.Model = model;
            point.Labels = labels;
            point.Value = value;
            point.Time = time;
            point.Step = step;
        }
    }
}
