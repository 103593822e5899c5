using System.IO.Hashing;

namespace LeptonStream.Samples;

/// <content>
/// The messages that almost all producers write, read without a tokenizer, which saves about a fifth of the time of a quiet sample that
/// comes alone. A message with anything unusual, and so every message that is refused, is read the other way. Both say the same of the
/// same bytes (<c>PlainMessageTests</c>).
/// </content>
public sealed partial class NativeJsonFormat
{
    // An entity in an array, and its labels or metrics.
    private const int PlainDepth = 3;

    // Comparing so few names with each other costs less than their hashes.
    private const int FewNames = 8;

    /// <summary>Reads a message of the plain form into an empty batch; false where it has another, and the batch is of no use.</summary>
    internal bool TryReadPlain(ReadOnlySpan<byte> value, Timestamp logTime, SampleBatch batch)
    {
        if (limits.Depth < PlainDepth) return false;
        var json = new PlainJson(value);
        do
        {
            if (json.TryTake('['))
            {
                do
                {
                    if (!TryReadPlainEntity(ref json, logTime, batch)) return false;
                }
                while (json.TryTake(','));
                if (!json.TryTake(']')) return false;
            }
            else if (!TryReadPlainEntity(ref json, logTime, batch))
            {
                return false;
            }
        }
        while (!json.IsAtEnd);
        return true;
    }

    private bool TryReadPlainEntity(ref PlainJson json, Timestamp logTime, SampleBatch batch)
    {
        var seen = Fields.None;
        var (model, version) = (default(SampleBatch.Slice), default(SampleBatch.Slice));
        var time = default(Timestamp);
        var step = Sample.NoStep;
        var firstLabel = batch.LabelCount;
        var firstMetric = batch.MetricCount;
        if (!json.TryTake('{')) return false;
        do
        {
            var field = NextField(ref json);
            if ((seen & field) != 0) return false;
            seen |= field;
            var isRead = field switch
            {
                Fields.Model => TryReadPlainModel(ref json, batch, out model),
                Fields.Ts => TryReadPlainTime(ref json, logTime, batch, out time),
                Fields.Step => json.TryWhole(out step),
                Fields.Labels => TryReadPlainLabels(ref json, batch, firstLabel),
                Fields.Metrics => TryReadPlainMetrics(ref json, batch, firstMetric),
                Fields.Version => TryReadPlainVersion(ref json, batch, out version),
                _ => false,
            };
            if (!isRead) return false;
        }
        while (json.TryTake(','));
        if (!json.TryTake('}') || (Fields.Required & ~seen) != Fields.None) return false;
        batch.AddEntity(model, firstLabel, time, step, firstMetric, version: version);
        return true;
    }

    private bool TryReadPlainModel(ref PlainJson json, SampleBatch batch, out SampleBatch.Slice slice)
    {
        slice = default;
        if (!json.TryText(out var text) || !IsName(text)) return false;
        slice = batch.KeepText(text);
        return true;
    }

    private bool TryReadPlainVersion(ref PlainJson json, SampleBatch batch, out SampleBatch.Slice slice)
    {
        slice = default;
        if (!json.TryText(out var text) || text.IsEmpty || text.Length > limits.LabelValueBytes) return false;
        slice = batch.KeepText(text);
        return true;
    }

    private bool TryReadPlainTime(ref PlainJson json, Timestamp logTime, SampleBatch batch, out Timestamp time)
    {
        time = default;
        if (json.TryWhole(out var epoch)) time = Timestamp.FromEpoch(epoch);
        else if (!json.TryText(out var text) || !TimeText.TryRead(text, out time)) return false;
        if (time < limits.Earliest || time > logTime + limits.Ahead) return false;
        SetBack(ref time, logTime, batch);
        return true;
    }

    private bool TryReadPlainLabels(ref PlainJson json, SampleBatch batch, int first)
    {
        if (!json.TryTake('{')) return false;
        if (json.TryTake('}')) return true;
        do
        {
            if (!json.TryName(out var name) || !IsName(name)) return false;
            if (!json.TryText(out var value) || value.Length > limits.LabelValueBytes) return false;
            if (!value.IsEmpty) batch.AddLabel(batch.KeepText(name), batch.KeepText(value));
        }
        while (json.TryTake(','));
        return json.TryTake('}') && batch.LabelCount - first <= limits.Labels && batch.SortLabels(first) is null;
    }

    private bool TryReadPlainMetrics(ref PlainJson json, SampleBatch batch, int first)
    {
        if (!json.TryTake('{')) return false;
        do
        {
            if (!json.TryName(out var name) || !IsName(name) || !json.TryNumber(out var value)) return false;
            batch.AddMetric(batch.KeepText(name), value);
        }
        while (json.TryTake(','));
        return json.TryTake('}') && batch.MetricCount - first <= limits.Metrics && HaveNamesOfTheirOwn(batch, first);
    }

    private bool IsName(ReadOnlySpan<byte> text) => !text.IsEmpty && text.Length <= limits.NameBytes;

    private bool HaveNamesOfTheirOwn(SampleBatch batch, int first)
    {
        if (batch.MetricCount - first <= FewNames)
        {
            for (var i = first + 1; i < batch.MetricCount; i++)
                for (var j = first; j < i; j++)
                    if (batch.NameOf(i).SequenceEqual(batch.NameOf(j))) return false;
            return true;
        }

        if (_distinct.AreThose(batch, first)) return true;
        _names.Clear();
        for (var i = first; i < batch.MetricCount; i++)
            if (!_names.Add(XxHash128.HashToUInt128(batch.NameOf(i)))) return false;
        _distinct.Set(batch, first);
        return true;
    }

    // As they are written by nearly all, without a search for the end of the name.
    private static Fields NextField(ref PlainJson json)
    {
        if (json.TryTake("\"model\":"u8)) return Fields.Model;
        if (json.TryTake("\"ts\":"u8)) return Fields.Ts;
        if (json.TryTake("\"metrics\":"u8)) return Fields.Metrics;
        if (json.TryTake("\"labels\":"u8)) return Fields.Labels;
        return json.TryName(out var name) ? FieldOf(name) : Fields.None;
    }

    private static Fields FieldOf(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("model"u8)) return Fields.Model;
        if (name.SequenceEqual("ts"u8)) return Fields.Ts;
        if (name.SequenceEqual("metrics"u8)) return Fields.Metrics;
        if (name.SequenceEqual("labels"u8)) return Fields.Labels;
        if (name.SequenceEqual("step"u8)) return Fields.Step;
        return name.SequenceEqual("model_version"u8) ? Fields.Version : Fields.None;
    }
}
