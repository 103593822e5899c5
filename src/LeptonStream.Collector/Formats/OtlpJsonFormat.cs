using System.Text.Json;
using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>
/// OpenTelemetry metrics in JSON: names in lowerCamelCase, 64-bit numbers as strings or numbers, enums as numbers. Several payloads may
/// follow each other, as file exporters write them.
/// </summary>
internal sealed partial class OtlpJsonFormat : JsonFormat
{
    private readonly AttributeJson _attribute = new();
    private OtlpPoints _points;

    public override string Name => "otlp_json";

    protected override void ReadObject(ref Utf8JsonReader json)
    {
        _points = new(Batch);
        var isOtlp = false;
        while (TryProperty(ref json))
        {
            if (json.ValueTextEquals("resourceMetrics"u8))
            {
                isOtlp = true;
                if (!TryList(ref json)) continue;
                while (TryMember(ref json)) ReadResourceMetrics(ref json);
            }
            else
            {
                json.Skip();
            }
        }

        if (!isOtlp) Batch.Refuse(RefusalReason.MissingField, "resourceMetrics");
    }

    private void ReadResourceMetrics(ref Utf8JsonReader json)
    {
        _points.BeginResource();
        while (TryProperty(ref json))
        {
            if (json.ValueTextEquals("resource"u8))
            {
                var first = Batch.LabelCount;
                json.Read();
                ReadOwner(ref json, first);
                _points.SetResource(first);
            }
            // The name before OTLP 0.15, which some exporters still write.
            else if (json.ValueTextEquals("scopeMetrics"u8) || json.ValueTextEquals("instrumentationLibraryMetrics"u8))
            {
                if (!TryList(ref json)) continue;
                while (TryMember(ref json)) ReadScopeMetrics(ref json);
            }
            else
            {
                json.Skip();
            }
        }

        _points.EndResource();
    }

    // A resource, or a scope, which has a name and a version too.
    private void ReadOwner(ref Utf8JsonReader json, int firstLabel)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }

        while (TryProperty(ref json))
        {
            if (json.ValueTextEquals("attributes"u8)) ReadAttributes(ref json, firstLabel);
            else if (json.ValueTextEquals("name"u8)) AddScopeLabel(ref json, "otel.scope.name"u8);
            else if (json.ValueTextEquals("version"u8)) AddScopeLabel(ref json, "otel.scope.version"u8);
            else json.Skip();
        }
    }

    private void AddScopeLabel(ref Utf8JsonReader json, ReadOnlySpan<byte> name)
    {
        json.Read();
        var value = KeepValue(ref json);
        if (!value.IsEmpty) Batch.TryAddLabel(Batch.AddText(name), value);
    }

    private void ReadScopeMetrics(ref Utf8JsonReader json)
    {
        _points.BeginScope();
        while (TryProperty(ref json))
        {
            if (json.ValueTextEquals("scope"u8))
            {
                var first = Batch.LabelCount;
                json.Read();
                ReadOwner(ref json, first);
                _points.SetScope(first);
            }
            else if (json.ValueTextEquals("metrics"u8))
            {
                if (!TryList(ref json)) continue;
                while (TryMember(ref json)) ReadMetric(ref json);
            }
            else
            {
                json.Skip();
            }
        }

        _points.EndScope();
    }

    private void ReadMetric(ref Utf8JsonReader json)
    {
        _points.BeginMetric();
        while (TryProperty(ref json))
        {
            if (json.ValueTextEquals("name"u8))
            {
                json.Read();
                _points.SetName(KeepValue(ref json));
            }
            else if (json.ValueTextEquals("unit"u8))
            {
                json.Read();
                _points.SetUnit(KeepValue(ref json));
            }
            else if (KindOf(ref json) is { } kind)
            {
                json.Read();
                if (json.TokenType == JsonTokenType.StartObject) ReadData(ref json, kind);
                else json.Skip();
            }
            else
            {
                json.Skip();
            }
        }

        _points.EndMetric();
    }

    private static PointKind? KindOf(ref Utf8JsonReader json)
    {
        if (json.ValueTextEquals("gauge"u8)) return PointKind.Gauge;
        if (json.ValueTextEquals("sum"u8)) return PointKind.Cumulative;
        if (json.ValueTextEquals("histogram"u8)) return PointKind.Histogram;
        if (json.ValueTextEquals("exponentialHistogram"u8)) return PointKind.ExponentialHistogram;
        return json.ValueTextEquals("summary"u8) ? PointKind.Summary : null;
    }

    private void ReadData(ref Utf8JsonReader json, PointKind kind)
    {
        var first = Batch.PointCount;
        var temporality = 0L;
        var isMonotonic = false;
        while (TryProperty(ref json))
        {
            if (json.ValueTextEquals("dataPoints"u8))
            {
                if (!TryList(ref json)) continue;
                while (TryMember(ref json)) ReadPoint(ref json, kind);
            }
            else if (json.ValueTextEquals("aggregationTemporality"u8))
            {
                json.Read();
                temporality = TemporalityOf(ref json);
            }
            else if (json.ValueTextEquals("isMonotonic"u8))
            {
                json.Read();
                isMonotonic = json.TokenType == JsonTokenType.True;
                json.Skip();
            }
            else
            {
                json.Skip();
            }
        }

        _points.EndData(kind, first, temporality, isMonotonic);
    }

    // The specification allows the number only; some writers put the name.
    private static long TemporalityOf(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.String)
        {
            if (json.ValueTextEquals("AGGREGATION_TEMPORALITY_DELTA"u8)) return (long)Temporality.Delta;
            if (json.ValueTextEquals("AGGREGATION_TEMPORALITY_CUMULATIVE"u8)) return (long)Temporality.Cumulative;
        }

        return ReadNumber(ref json, out var number) == RefusalReason.None && number is >= 0 and < 100 ? (long)number : 0;
    }

    /// <summary>Steps into the array that the property at hand holds; anything else is skipped.</summary>
    private static bool TryList(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.StartArray) return true;
        json.Skip();
        return false;
    }

    /// <summary>Steps to the next object of an array; false at its end.</summary>
    private static bool TryMember(ref Utf8JsonReader json)
    {
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType == JsonTokenType.StartObject) return true;
            json.Skip();
        }

        return false;
    }
}
