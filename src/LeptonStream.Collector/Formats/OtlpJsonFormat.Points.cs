using System.Globalization;
using System.Text.Json;
using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>Data points and their attributes.</summary>
internal sealed partial class OtlpJsonFormat
{
    // The fields of a point that are kept until its end.
    private ref struct Fields
    {
        public int FirstLabel;
        public ulong Start;
        public ulong Time;
        public ulong Flags;
        public bool HasValue;
        public bool IsWrong;
        public NumberRange Pairs;
    }

    private void ReadPoint(ref Utf8JsonReader json, PointKind kind)
    {
        if (!Batch.MayAdd())
        {
            json.Skip();
            return;
        }

        var fields = new Fields { FirstLabel = Batch.LabelCount };
        ref var point = ref _points.Add(kind);
        var isNumber = kind is PointKind.Gauge or PointKind.Cumulative;
        if (!isNumber) Batch.AddDistribution();
        // A summary's sum is not optional: zero need not be written.
        if (kind == PointKind.Summary) Batch.DistributionToChange(point).Sum = 0;
        while (TryProperty(ref json))
        {
            if (TryCommon(ref json, ref fields)) continue;
            var isTaken = isNumber ? TryValue(ref json, ref point, ref fields)
                : TryDistribution(ref json, ref Batch.DistributionToChange(point), ref fields);
            if (!isTaken) json.Skip();
        }

        if (fields.IsWrong)
        {
            Batch.RefuseLast(RefusalReason.BadNumber, "a field of the point", fields.FirstLabel);
        }
        else if (isNumber)
        {
            _points.EndNumber(fields.FirstLabel, fields.HasValue, fields.Start, fields.Time, fields.Flags);
        }
        else
        {
            if (kind == PointKind.Summary)
            {
                ref var summary = ref Batch.DistributionToChange(point);
                (summary.Quantiles, summary.QuantileValues) = Batch.Unzip(fields.Pairs);
            }

            _points.EndDistribution(fields.FirstLabel, fields.Start, fields.Time, fields.Flags);
        }
    }

    private bool TryCommon(ref Utf8JsonReader json, ref Fields fields)
    {
        if (json.ValueTextEquals("timeUnixNano"u8)) fields.Time = Whole(ref json, ref fields);
        else if (json.ValueTextEquals("startTimeUnixNano"u8)) fields.Start = Whole(ref json, ref fields);
        else if (json.ValueTextEquals("flags"u8)) fields.Flags = Whole(ref json, ref fields);
        else if (json.ValueTextEquals("attributes"u8)) ReadAttributes(ref json, fields.FirstLabel);
        else return false;
        return true;
    }

    private static bool TryValue(ref Utf8JsonReader json, ref Point point, ref Fields fields)
    {
        if (!json.ValueTextEquals("asDouble"u8) && !json.ValueTextEquals("asInt"u8)) return false;
        point.Value = Number(ref json, ref fields);
        fields.HasValue = true;
        return true;
    }

    private bool TryDistribution(ref Utf8JsonReader json, ref Distribution distribution, ref Fields fields)
    {
        if (json.ValueTextEquals("count"u8)) distribution.Count = Number(ref json, ref fields);
        else if (json.ValueTextEquals("sum"u8)) distribution.Sum = Number(ref json, ref fields);
        else if (json.ValueTextEquals("min"u8)) distribution.Min = Number(ref json, ref fields);
        else if (json.ValueTextEquals("max"u8)) distribution.Max = Number(ref json, ref fields);
        else if (json.ValueTextEquals("bucketCounts"u8)) distribution.Counts = Numbers(ref json, ref fields);
        else if (json.ValueTextEquals("explicitBounds"u8)) distribution.Bounds = Numbers(ref json, ref fields);
        else if (json.ValueTextEquals("scale"u8)) distribution.Scale = Small(ref json, ref fields);
        else if (json.ValueTextEquals("zeroCount"u8)) distribution.ZeroCount = Number(ref json, ref fields);
        else if (json.ValueTextEquals("zeroThreshold"u8)) distribution.ZeroThreshold = Number(ref json, ref fields);
        else if (json.ValueTextEquals("positive"u8)) (distribution.Offset, distribution.Counts) = Buckets(ref json, ref fields);
        else if (json.ValueTextEquals("negative"u8))
            (distribution.NegativeOffset, distribution.NegativeCounts) = Buckets(ref json, ref fields);
        else if (json.ValueTextEquals("quantileValues"u8)) ReadQuantiles(ref json, ref fields);
        else return false;
        return true;
    }

    private (int Offset, NumberRange Counts) Buckets(ref Utf8JsonReader json, ref Fields fields)
    {
        var offset = 0;
        NumberRange counts = default;
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return default;
        }

        while (TryProperty(ref json))
        {
            if (json.ValueTextEquals("offset"u8)) offset = Small(ref json, ref fields);
            else if (json.ValueTextEquals("bucketCounts"u8)) counts = Numbers(ref json, ref fields);
            else json.Skip();
        }

        return (offset, counts);
    }

    private void ReadQuantiles(ref Utf8JsonReader json, ref Fields fields)
    {
        if (!TryList(ref json)) return;
        while (TryMember(ref json))
        {
            double quantile = 0, value = 0;
            while (TryProperty(ref json))
            {
                if (json.ValueTextEquals("quantile"u8)) quantile = Number(ref json, ref fields);
                else if (json.ValueTextEquals("value"u8)) value = Number(ref json, ref fields);
                else json.Skip();
            }

            if (Batch.MayAddNumbers(fields.Pairs.Count + 2)) fields.Pairs = Batch.Append(Batch.Append(fields.Pairs, quantile), value);
        }
    }

    private NumberRange Numbers(ref Utf8JsonReader json, ref Fields fields)
    {
        NumberRange numbers = default;
        if (!TryList(ref json)) return numbers;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            fields.IsWrong |= ReadNumber(ref json, out var number) != RefusalReason.None;
            if (Batch.MayAddNumbers(numbers.Count + 1)) numbers = Batch.Append(numbers, number);
        }

        return numbers;
    }

    private static double Number(ref Utf8JsonReader json, ref Fields fields)
    {
        json.Read();
        var reason = ReadNumber(ref json, out var number);
        // Null is as if the field were not there.
        fields.IsWrong |= reason is not (RefusalReason.None or RefusalReason.NoValue);
        return number;
    }

    private static int Small(ref Utf8JsonReader json, ref Fields fields)
    {
        var number = Number(ref json, ref fields);
        fields.IsWrong |= number is not (>= int.MinValue and <= int.MaxValue);
        return fields.IsWrong ? 0 : (int)number;
    }

    private static ulong Whole(ref Utf8JsonReader json, ref Fields fields)
    {
        json.Read();
        if (json.TokenType is JsonTokenType.Number or JsonTokenType.String)
        {
            if (ulong.TryParse(json.ValueSpan, CultureInfo.InvariantCulture, out var whole)) return whole;
            fields.IsWrong |= !json.ValueSpan.IsEmpty;
            return 0;
        }

        fields.IsWrong |= json.TokenType != JsonTokenType.Null;
        json.Skip();
        return 0;
    }

    private void ReadAttributes(ref Utf8JsonReader json, int firstLabel)
    {
        if (!TryList(ref json)) return;
        while (TryMember(ref json))
        {
            Text name = default, value = default;
            while (TryProperty(ref json))
            {
                if (json.ValueTextEquals("key"u8))
                {
                    json.Read();
                    name = KeepValue(ref json);
                }
                else if (json.ValueTextEquals("value"u8))
                {
                    json.Read();
                    value = Attribute(ref json);
                }
                else
                {
                    json.Skip();
                }
            }

            if (Batch.LabelCount - firstLabel <= Batch.Limits.Labels) Batch.TryAddLabel(name, value);
        }
    }

    // {"stringValue":"x"}, {"intValue":"3"}, {"arrayValue":{"values":[…]}}, {"kvlistValue":{"values":[…]}}.
    private Text Attribute(ref Utf8JsonReader json)
    {
        Text value = default;
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return value;
        }

        while (TryProperty(ref json))
        {
            var isNested = json.ValueTextEquals("arrayValue"u8) || json.ValueTextEquals("kvlistValue"u8);
            var isMap = isNested && json.ValueTextEquals("kvlistValue"u8);
            json.Read();
            if (!isNested)
            {
                value = KeepValue(ref json);
                continue;
            }

            _attribute.Begin();
            WriteNested(ref json, isMap);
            value = Batch.AddText(_attribute.End());
        }

        return value;
    }
}
