using System.Text.Json;
using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>
/// Vector's metrics, as its codecs <c>json</c> and <c>native_json</c> (which wraps them in <c>{"metric":…}</c>) write them. Sets and
/// distributions are no samples of one value and are refused.
/// </summary>
internal sealed partial class VectorJsonFormat : JsonFormat
{
    public override string Name => "vector_json";

    protected override void ReadObject(ref Utf8JsonReader json)
    {
        var metric = new Metric { Time = Point.NoTime, IsTime = true, FirstLabel = Batch.LabelCount };
        while (TryProperty(ref json))
        {
            if (json.ValueTextEquals("metric"u8) && json.CurrentDepth == 1)
            {
                json.Read();
                if (json.TokenType == JsonTokenType.StartObject) ReadObject(ref json);
                else json.Skip();
                metric.IsWrapper = true;
            }
            else
            {
                ReadProperty(ref json, ref metric);
            }
        }

        if (metric.IsWrapper) return;
        var name = metric.Namespace.IsEmpty ? metric.Name : Batch.Join(metric.Namespace, metric.Name);
        if (metric.Name.IsEmpty || metric.Value == ValueKind.None)
            Batch.RefuseOf(name, RefusalReason.MissingField, metric.Name.IsEmpty ? "name" : "a value");
        else if (!metric.IsTime)
            Batch.RefuseOf(name, RefusalReason.BadTime, "timestamp");
        else if (metric.Value == ValueKind.Unsupported)
            Batch.RefuseOf(name, RefusalReason.Unsupported, "a set, distribution or sketch");
        else if (Batch.MayAdd())
            Add(name, ref metric);
    }

    private void ReadProperty(ref Utf8JsonReader json, ref Metric metric)
    {
        var value = ValueOf(ref json);
        if (value != ValueKind.None)
        {
            json.Read();
            metric.Value = value;
            metric.At = json;
            json.Skip();
        }
        else if (json.ValueTextEquals("name"u8))
        {
            json.Read();
            metric.Name = KeepValue(ref json);
        }
        else if (json.ValueTextEquals("namespace"u8))
        {
            json.Read();
            metric.Namespace = KeepValue(ref json);
        }
        else if (json.ValueTextEquals("kind"u8))
        {
            json.Read();
            metric.IsIncremental = json.TokenType == JsonTokenType.String && json.ValueTextEquals("incremental"u8);
        }
        else if (json.ValueTextEquals("timestamp"u8))
        {
            json.Read();
            metric.IsTime = TryTime(ref json, out metric.Time);
        }
        else if (json.ValueTextEquals("interval_ms"u8))
        {
            json.Read();
            if (ReadNumber(ref json, out var milliseconds) == RefusalReason.None && milliseconds is > 0 and < 9e9)
                metric.Interval = (long)milliseconds * 1_000_000;
        }
        else if (json.ValueTextEquals("tags"u8))
        {
            json.Read();
            ReadTags(ref json, metric.FirstLabel);
        }
        else
        {
            json.Skip();
        }
    }

    private static ValueKind ValueOf(ref Utf8JsonReader json)
    {
        if (json.ValueTextEquals("gauge"u8)) return ValueKind.Gauge;
        if (json.ValueTextEquals("counter"u8)) return ValueKind.Counter;
        if (json.ValueTextEquals("aggregated_histogram"u8)) return ValueKind.Histogram;
        if (json.ValueTextEquals("aggregated_summary"u8)) return ValueKind.Summary;
        return json.ValueTextEquals("set"u8) || json.ValueTextEquals("distribution"u8) || json.ValueTextEquals("sketch"u8)
            ? ValueKind.Unsupported : ValueKind.None;
    }

    // The value of a tag may be a list; the last one counts, as in Vector itself.
    private void ReadTags(ref Utf8JsonReader json, int firstLabel)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }

        while (TryProperty(ref json))
        {
            var name = Keep(ref json);
            json.Read();
            Text value = default;
            if (json.TokenType == JsonTokenType.StartArray)
            {
                while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                    if (KeepValue(ref json) is { IsEmpty: false } one) value = one;
            }
            else
            {
                value = KeepValue(ref json);
            }

            if (!value.IsEmpty && Batch.LabelCount - firstLabel <= Batch.Limits.Labels) Batch.TryAddLabel(name, value);
        }
    }

    private enum ValueKind
    {
        None,
        Gauge,
        Counter,
        Histogram,
        Summary,
        Unsupported,
    }

    private ref struct Metric
    {
        public Text Name;
        public Text Namespace;
        public long Time;
        public bool IsTime;
        public long Interval;
        public bool IsIncremental;
        public bool IsWrapper;
        public int FirstLabel;
        public ValueKind Value;
        public Utf8JsonReader At;
    }
}
