using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace LeptonStream.Samples;

/// <summary>
/// The native JSON format, version 1 (docs/events.md): one object is one entity at one time with many metrics, an array is several of them.
/// <code>
/// {"model":"llama-70b","ts":"2026-11-22T10:00:00.000Z","labels":{"instance":"gpu-7"},"step":1200,"metrics":{"ttft_p99_ms":182.3}}
/// </code>
/// A message is taken whole or refused whole. What can mean one thing only is taken though the format says it otherwise: a byte order mark,
/// one JSON value a line, a bare <c>NaN</c>, a step of <c>100.0</c>, a number as a label, a time with a blank for its T.
/// Nothing is allocated in steady state; exceptions occur on refused messages, and on the first with a bare <c>NaN</c>, only.
/// </summary>
public sealed partial class NativeJsonFormat(FormatLimits limits)
{
    // Labels are read and sorted up to so many times as many as are kept.
    private const int LabelsReadForOne = 8;

    private readonly HashSet<UInt128> _names = [];
    private readonly DistinctNames _distinct = new();
    private readonly BareNumbers _bareNumbers = new();
    private string? _detail;

    // Whether the message at hand is read as BareNumbers wrote it, and whether any was so far.
    private bool _quoted;
    private bool _meetsBareNumbers;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>
    /// Reads one message into <paramref name="batch"/>, which is cleared first. On refusal the batch holds nothing of use.
    /// </summary>
    /// <param name="value">The message, UTF-8.</param>
    /// <param name="logTime">The record's log time, against which times in the future are judged.</param>
    /// <param name="batch">Takes what the message says.</param>
    /// <param name="detail">The fault for people, which names the field; null when the record was taken.</param>
    public RejectReason Read(ReadOnlySpan<byte> value, Timestamp logTime, SampleBatch batch, out string? detail)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Clear();
        _detail = detail = null;
        if (value.Length <= limits.MessageBytes && TryReadPlain(value, logTime, batch)) return RejectReason.None;
        batch.Clear();
        return ReadAny(value, logTime, batch, out detail);
    }

    /// <summary>Reads a message of any form into an empty batch.</summary>
    internal RejectReason ReadAny(ReadOnlySpan<byte> value, Timestamp logTime, SampleBatch batch, out string? detail)
    {
        _detail = null;
        var reason = Check(value);
        if (value.StartsWith(ByteOrderMark)) value = value[ByteOrderMark.Length..];
        if (reason == RejectReason.None) reason = ReadMessage(value, logTime, batch);
        detail = _detail;
        return reason;
    }

    private RejectReason Check(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return Refuse(RejectReason.EmptyValue, "the record has no value");
        if (value.Length > limits.MessageBytes)
            return Refuse(RejectReason.TooLarge, $"{value.Length} bytes, at most {limits.MessageBytes} are allowed");
        return Utf8.IsValid(value) ? RejectReason.None : Refuse(RejectReason.InvalidUtf8, "the value is not UTF-8");
    }

    // A text that fails only by a number for which JSON has no word is read again with that word as a string.
    private RejectReason ReadMessage(ReadOnlySpan<byte> value, Timestamp logTime, SampleBatch batch)
    {
        _quoted = _meetsBareNumbers && _bareNumbers.TryQuote(value);
        if (_quoted) return ReadValues(_bareNumbers.Quoted, logTime, batch);
        var reason = ReadValues(value, logTime, batch);
        if (reason != RejectReason.MalformedJson || !_bareNumbers.TryQuote(value)) return reason;
        // The next one is asked about before it costs an exception.
        _quoted = _meetsBareNumbers = true;
        batch.Clear();
        return ReadValues(_bareNumbers.Quoted, logTime, batch);
    }

    private RejectReason ReadValues(ReadOnlySpan<byte> value, Timestamp logTime, SampleBatch batch)
    {
        var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = limits.Depth, AllowMultipleValues = true });
        try
        {
            if (!reader.Read()) return Refuse(RejectReason.MalformedJson, "the value is blank");
            RejectReason reason;
            do reason = ReadEntities(ref reader, logTime, batch);
            while (reason == RejectReason.None && reader.Read());
            return reason;
        }
        catch (JsonException wrong)
        {
            return IsTooDeep(value)
                ? Refuse(RejectReason.TooDeep, $"nested deeper than {limits.Depth} levels")
                : Refuse(RejectReason.MalformedJson, $"not JSON at byte {reader.BytesConsumed}: {FirstSentence(wrong.Message)}");
        }
        catch (InvalidOperationException)
        {
            // CopyString meets an escape such as \ud800 that stands for no character.
            return Refuse(RejectReason.InvalidText, $"an escape before byte {reader.BytesConsumed} stands for no character");
        }
    }

    private RejectReason ReadEntities(ref Utf8JsonReader reader, Timestamp logTime, SampleBatch batch) => reader.TokenType switch
    {
        JsonTokenType.StartObject => ReadEntity(ref reader, logTime, batch),
        JsonTokenType.StartArray => ReadArray(ref reader, logTime, batch),
        _ => Refuse(RejectReason.NotAnObject, $"the value is a JSON {Kind(reader.TokenType)}, not an object or an array of objects"),
    };

    private RejectReason ReadArray(ref Utf8JsonReader reader, Timestamp logTime, SampleBatch batch)
    {
        var before = batch.Entities.Length;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                return Refuse(RejectReason.NotAnObject, $"the array holds a JSON {Kind(reader.TokenType)}");
            var reason = ReadEntity(ref reader, logTime, batch);
            if (reason != RejectReason.None) return reason;
        }

        return batch.Entities.Length == before ? Refuse(RejectReason.Empty, "the array is empty") : RejectReason.None;
    }

    private RejectReason ReadEntity(ref Utf8JsonReader reader, Timestamp logTime, SampleBatch batch)
    {
        var seen = Fields.None;
        var (model, version) = (default(SampleBatch.Slice), default(SampleBatch.Slice));
        var time = default(Timestamp);
        var step = Sample.NoStep;
        var firstLabel = batch.LabelCount;
        var firstMetric = batch.MetricCount;
        var firstDistribution = batch.DistributionCount;
        var firstEnded = batch.EndedCount;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = FieldOf(ref reader);
            if ((seen & field) != 0) return Refuse(RejectReason.DuplicateField, $"'{NameOf(field)}' occurs twice");
            seen |= field;
            reader.Read();
            var reason = field switch
            {
                Fields.Model => ReadModel(ref reader, batch, out model),
                Fields.Ts => ReadTime(ref reader, logTime, batch, out time),
                Fields.Step => ReadStep(ref reader, out step),
                Fields.Labels => ReadLabels(ref reader, batch, firstLabel),
                Fields.Metrics => ReadMetrics(ref reader, batch, firstMetric),
                Fields.Distributions => ReadDistributions(ref reader, batch),
                Fields.Ended => ReadEnded(ref reader, batch),
                Fields.Version => ReadVersion(ref reader, batch, out version),
                _ => SkipUnknown(ref reader),
            };
            if (reason != RejectReason.None) return reason;
        }

        // One is enough.
        var isDeclaration = version.Length > 0 && (seen & (Fields.Metrics | Fields.Distributions | Fields.Ended)) == 0;
        if ((seen & (Fields.Distributions | Fields.Ended)) != 0 || isDeclaration) seen |= Fields.Metrics;
        if ((Fields.Required & ~seen) is var missing and not Fields.None)
            return Refuse(RejectReason.MissingField, $"'{NameOf((Fields)(1 << int.TrailingZeroCount((int)missing)))}' is missing");
        if (NameOfADistance(batch, firstMetric, firstDistribution) is { } taken)
            return Refuse(RejectReason.DuplicateField, $"'metrics' has the name '{taken}', which is that of a distribution's distance");
        batch.AddEntity(model, firstLabel, time, step, firstMetric, firstDistribution, firstEnded, version, isDeclaration);
        return RejectReason.None;
    }

    private RejectReason ReadLabels(ref Utf8JsonReader reader, SampleBatch batch, int first)
    {
        if (reader.TokenType == JsonTokenType.Null) return RejectReason.None;
        if (reader.TokenType != JsonTokenType.StartObject)
            return Refuse(RejectReason.WrongType, $"'labels' is a JSON {Kind(reader.TokenType)}, not an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var reason = ReadText(ref reader, "labels (a name)", limits.NameBytes, batch, out var name);
            if (reason != RejectReason.None) return reason;
            reader.Read();
            // In Prometheus' data model an empty label is no label.
            if (reader.TokenType == JsonTokenType.Null || (reader.TokenType == JsonTokenType.String && reader.ValueSpan.IsEmpty)) continue;
            reason = ReadLabelValue(ref reader, "labels (a value)", batch, out var value);
            if (reason != RejectReason.None) return reason;
            batch.AddLabel(name, value);
            if (batch.LabelCount - first > LabelsReadForOne * limits.Labels)
                return Refuse(RejectReason.TooMany, $"'labels' has more than {LabelsReadForOne * limits.Labels} entries");
        }

        if (batch.SortLabels(first) is { } twice)
            return Refuse(RejectReason.DuplicateField, $"'labels' has the name '{Encoding.UTF8.GetString(batch.BytesOf(twice))}' twice");
        batch.KeepLabels(first, limits.Labels);
        return RejectReason.None;
    }

    private RejectReason ReadMetrics(ref Utf8JsonReader reader, SampleBatch batch, int first)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            return Refuse(RejectReason.WrongType, $"'metrics' is a JSON {Kind(reader.TokenType)}, not an object");
        _names.Clear();
        var entries = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (++entries > limits.Metrics) return Refuse(RejectReason.TooMany, $"'metrics' has more than {limits.Metrics} entries");
            var reason = ReadText(ref reader, "metrics (a name)", limits.NameBytes, batch, out var name);
            if (reason != RejectReason.None) return reason;
            if (!_names.Add(System.IO.Hashing.XxHash128.HashToUInt128(batch.BytesOf(name))))
                return Refuse(RejectReason.DuplicateField,
                    $"'metrics' has the name '{Encoding.UTF8.GetString(batch.BytesOf(name))}' twice");
            reader.Read();
            reason = ReadValue(ref reader, out var number, out var measured);
            if (reason != RejectReason.None) return reason;
            if (measured) batch.AddMetric(name, number);
        }

        return entries > 0 ? RejectReason.None : Refuse(RejectReason.Empty, "'metrics' has no entry");
    }

    private static RejectReason SkipUnknown(ref Utf8JsonReader reader)
    {
        reader.Skip();
        return RejectReason.None;
    }

    private RejectReason Refuse(RejectReason reason, string detail)
    {
        _detail = detail;
        return reason;
    }

    private bool IsTooDeep(ReadOnlySpan<byte> value)
    {
        var depth = 0;
        var inString = false;
        for (var i = 0; i < value.Length; i++)
        {
            switch (value[i])
            {
                case (byte)'"': inString = !inString; break;
                case (byte)'\\' when inString: i++; break;
                case (byte)'{' or (byte)'[' when !inString:
                    if (++depth > limits.Depth) return true;
                    break;
                case (byte)'}' or (byte)']' when !inString: depth--; break;
            }
        }

        return false;
    }

    private static string FirstSentence(string message) => message.Split(". ", 2)[0];

    private static Fields FieldOf(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("model"u8)) return Fields.Model;
        if (reader.ValueTextEquals("ts"u8)) return Fields.Ts;
        if (reader.ValueTextEquals("metrics"u8)) return Fields.Metrics;
        if (reader.ValueTextEquals("labels"u8)) return Fields.Labels;
        if (reader.ValueTextEquals("step"u8)) return Fields.Step;
        if (reader.ValueTextEquals("distributions"u8)) return Fields.Distributions;
        if (reader.ValueTextEquals("ended"u8)) return Fields.Ended;
        return reader.ValueTextEquals("model_version"u8) ? Fields.Version : Fields.None;
    }

    private static string NameOf(Fields field) => field switch
    {
        Fields.Model => "model",
        Fields.Ts => "ts",
        Fields.Metrics => "metrics",
        Fields.Labels => "labels",
        Fields.Distributions => "distributions",
        Fields.Ended => "ended",
        Fields.Version => "model_version",
        _ => "step",
    };

    [Flags]
    private enum Fields
    {
        None = 0,
        Model = 1,
        Ts = 2,
        Metrics = 4,
        Labels = 8,
        Step = 16,
        Distributions = 32,
        Ended = 64,
        Version = 128,
        Required = Model | Ts | Metrics,
    }
}
