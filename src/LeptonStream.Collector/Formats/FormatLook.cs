using System.Text.Json;

namespace LeptonStream.Collector.Formats;

/// <summary>Tells formats apart by a payload's first bytes, and by the names of its first JSON object.</summary>
internal static class FormatLook
{
    /// <summary>The name of the format, null where it looks like none, and why.</summary>
    public static (string? Name, string Reason) Of(ReadOnlySpan<byte> payload)
    {
        if (payload.StartsWith(ByteOrderMark)) payload = payload[ByteOrderMark.Length..];
        var text = payload.TrimStart(" \t\r\n"u8);
        if (text.IsEmpty) return (null, "the payload is empty");
        if (EncodingLook.IsWide(payload)) return (null, EncodingLook.Wide);
        // A brace may be the length of a binary message: JSON is that which has the names of a format.
        var json = text[0] is (byte)'{' or (byte)'[' ? JsonLook.Of(text) : default;
        if (json.Name is not null) return json;
        if (payload[0] == 0) return ("confluent", "it begins with the magic byte of Confluent's wire format");
        if (ProtoLook.Of(payload) is { } proto) return proto;
        if (EncodingLook.PackedIn(payload) is { } packing) return (null, packing);
        return json.Reason is null ? LineLook.Of(text) : json;
    }

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];
}

/// <summary>Tells JSON formats apart by the names in the first object.</summary>
internal static class JsonLook
{
    // The names come early; a payload of megabytes is not read twice.
    private const int MostBytes = 64 << 10;

    public static (string? Name, string Reason) Of(ReadOnlySpan<byte> text)
    {
        var names = Names.None;
        var json = new Utf8JsonReader(text[..Math.Min(text.Length, MostBytes)], isFinalBlock: false, default);
        try
        {
            while (json.Read() && json.TokenType != JsonTokenType.StartObject)
                if (json.TokenType != JsonTokenType.StartArray) return (null, "JSON without an object");
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                names |= NameOf(ref json);
                if (!json.Read() || !json.TrySkip()) break;
            }
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            // A bare NaN, no JSON, an escape for no character: the names before it may do.
        }

        return Of(names);
    }

    private static (string? Name, string Reason) Of(Names names)
    {
        if (Has(names, Names.ResourceMetrics)) return ("otlp_json", "JSON with resourceMetrics");
        if (Has(names, Names.SpecVersion)) return (Points.FormatCatalog.CloudEvents, "JSON with specversion");
        if (Has(names, Names.Schema | Names.Payload)) return (Points.FormatCatalog.KafkaConnect, "JSON with schema and payload");
        if (Has(names, Names.Model) || Has(names, Names.Ts | Names.Metrics)) return ("native_json", "JSON with model and metrics");
        if (Has(names, Names.Fields)) return ("telegraf_json", "JSON with fields");
        if (Has(names, Names.Metric | Names.Values)) return ("victoriametrics_json", "JSON with metric and values");
        if (Has(names, Names.Name | Names.Value)) return ("prometheus_kafka_adapter", "JSON with name and value");
        if (Has(names, Names.Metric) || Has(names, Names.Name | Names.Kind)) return ("vector_json", "JSON with a metric's name and kind");
        if (Has(names, Names.Metrics)) return ("telegraf_json", "JSON with metrics");
        return (null, "JSON whose names are those of no format");
    }

    private static bool Has(Names names, Names all) => (names & all) == all;

    private static Names NameOf(ref Utf8JsonReader json)
    {
        if (json.ValueTextEquals("resourceMetrics"u8)) return Names.ResourceMetrics;
        if (json.ValueTextEquals("specversion"u8)) return Names.SpecVersion;
        if (json.ValueTextEquals("schema"u8)) return Names.Schema;
        if (json.ValueTextEquals("payload"u8)) return Names.Payload;
        if (json.ValueTextEquals("model"u8)) return Names.Model;
        if (json.ValueTextEquals("ts"u8)) return Names.Ts;
        if (json.ValueTextEquals("metrics"u8)) return Names.Metrics;
        if (json.ValueTextEquals("metric"u8)) return Names.Metric;
        if (json.ValueTextEquals("values"u8)) return Names.Values;
        if (json.ValueTextEquals("fields"u8)) return Names.Fields;
        if (json.ValueTextEquals("name"u8)) return Names.Name;
        if (json.ValueTextEquals("value"u8)) return Names.Value;
        return json.ValueTextEquals("kind"u8) ? Names.Kind : Names.None;
    }

    [Flags]
    private enum Names
    {
        None = 0,
        ResourceMetrics = 1,
        SpecVersion = 2,
        Schema = 4,
        Payload = 8,
        Model = 16,
        Ts = 32,
        Metrics = 64,
        Metric = 128,
        Values = 256,
        Fields = 512,
        Name = 1024,
        Value = 2048,
        Kind = 4096,
    }
}

/// <summary>Tells line formats apart by the first line that is no comment.</summary>
internal static class LineLook
{
    public static (string? Name, string Reason) Of(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("# HELP "u8) || text.StartsWith("# TYPE "u8) || text.StartsWith("# UNIT "u8) || text.StartsWith("# EOF"u8))
            return ("prometheus_text", "a page of metrics with its comments");
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var line = (end < 0 ? text : text[..end]).TrimEnd((byte)'\r');
            if (!line.IsEmpty && line[0] != (byte)'#') return OfLine(line);
            text = end < 0 ? default : text[(end + 1)..];
        }

        return (null, "it looks like no format");
    }

    // `name{label="value"} 1` and `name 1` against `measurement,tag=v field=1`.
    private static (string? Name, string Reason) OfLine(ReadOnlySpan<byte> line)
    {
        var blank = 0;
        while (blank < line.Length && (line[blank] != (byte)' ' || (blank > 0 && line[blank - 1] == (byte)'\\'))) blank++;
        var first = line[..blank];
        var rest = line[Math.Min(blank + 1, line.Length)..].Trim((byte)' ');
        if (first.IsEmpty || rest.IsEmpty) return (null, "it looks like no format");
        var brace = line.IndexOf((byte)'{');
        if (brace >= 0 && brace <= blank + 1 && line.LastIndexOf((byte)'}') > brace)
            return ("prometheus_text", "a line with labels in braces");
        var second = rest.IndexOf((byte)' ') is var next and >= 0 ? rest[..next] : rest;
        if (NumberText.TryRead(second, out _)) return ("prometheus_text", "a line with a name and a value");
        return rest.Contains((byte)'=') ? ("influx", "a line with measurement and field=value") : (null, "it looks like no format");
    }
}
