namespace LeptonStream.Collector.Formats;

/// <summary>Tells protobuf formats apart, by the fields of the first few messages within the message.</summary>
internal static class ProtoLook
{
    private const int MostLookedAt = 4;
    private const uint SampleValue = (1 << 3) | 1;
    private const uint SampleTime = 2 << 3;

    public static (string Name, string Reason)? Of(ReadOnlySpan<byte> payload)
    {
        if (ListOf(payload) is { } plain) return plain;
        if (payload.StartsWith((ReadOnlySpan<byte>)[(4 << 3) | 2, 0]) && HasOnly(payload, (4 << 3) | 2, (5 << 3) | 2))
            return ("prometheus_remote_write_2", "looks like remote write: its symbols, without compression");
        return BlockOf(payload) is { } name ? (name, "looks like remote write: a snappy block with its fields") : null;
    }

    // OTLP:         { ResourceMetrics = 1 { Resource = 1 { KeyValue = 1 }, ScopeMetrics = 2 { with a length each } } }
    // Remote write: { TimeSeries = 1 { Label = 1 { name = 1, value = 2 }, Sample = 2 { fixed = 1, varint = 2 }, Histogram = 4 } }
    private static (string Name, string Reason)? ListOf(ReadOnlySpan<byte> payload)
    {
        var reader = new ProtoReader(payload);
        var (scopes, samples) = (0, 0);
        while (scopes + samples < MostLookedAt && reader.TryTag(payload.Length, out var tag))
        {
            // Metadata follow the series.
            if (tag == ((3 << 3) | 2) && samples > 0) break;
            if (tag != ((1 << 3) | 2)) return null;
            var end = reader.Message(payload.Length);
            bool isScope = false, isSample = false;
            while (reader.TryTag(end, out var inner))
            {
                if (inner is not ((1 << 3) | 2 or (2 << 3) | 2 or (3 << 3) | 2 or (4 << 3) | 2)) return null;
                var within = reader;
                var innerEnd = within.Message(end);
                var isNumbers = inner == ((2 << 3) | 2) && within.TryTag(innerEnd, out var first) && first is SampleValue or SampleTime;
                isSample |= isNumbers || inner == ((4 << 3) | 2);
                isScope |= inner == ((2 << 3) | 2) && !isNumbers;
                reader.Skip(inner, end);
            }

            // A resource of which all metrics were filtered out, and a series with exemplars alone, say nothing.
            if (isScope) scopes++;
            if (isSample) samples++;
        }

        if (reader.IsFailed || (scopes > 0 && samples > 0)) return null;
        if (scopes > 0) return ("otlp_proto", "looks like OTLP: field 1 holds a message, which holds fields 1 and 2");
        return samples > 0 ? ("prometheus_remote_write", "looks like remote write: series with samples, without compression") : null;
    }

    private static bool HasOnly(ReadOnlySpan<byte> payload, uint first, uint second)
    {
        var reader = new ProtoReader(payload);
        while (reader.TryTag(payload.Length, out var tag))
        {
            if (tag != first && tag != second) return false;
            reader.Skip(tag, payload.Length);
        }

        return !reader.IsFailed;
    }

    // The first element of a snappy block is a literal, and the message begins with it.
    private static string? BlockOf(ReadOnlySpan<byte> payload)
    {
        if (!SnappyBlock.TryLength(payload, out var length) || length == 0) return null;
        var at = 0;
        while (payload[at++] >= 0x80)
        {
        }

        if (at >= payload.Length || (payload[at] & 3) != 0) return null;
        // Literals of more than 60 bytes have their length in one to four bytes behind the tag.
        at += 1 + Math.Max(0, (payload[at] >> 2) - 59);
        if (at >= payload.Length) return null;
        return payload[at] switch
        {
            (1 << 3) | 2 or (3 << 3) | 2 => "prometheus_remote_write",
            (4 << 3) | 2 or (5 << 3) | 2 => "prometheus_remote_write_2",
            _ => null,
        };
    }
}
