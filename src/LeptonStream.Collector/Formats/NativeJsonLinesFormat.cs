using System.Runtime.InteropServices;
using System.Text.Json;
using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>
/// The program's own messages (docs/events.md): one, an array, or one a line:
/// <c>{"model":"llama-70b","ts":"2026-11-22T10:00:00Z","labels":{…},"step":1200,"metrics":{"ttft_p99_ms":182.3}}</c>.
/// </summary>
internal sealed class NativeJsonLinesFormat : JsonFormat
{
    private readonly NativeDistributions _distributions = new();

    private static ReadOnlySpan<byte> Version => "model_version"u8;

    public override string Name => "native_json";

    protected override void ReadObject(ref Utf8JsonReader json)
    {
        var firstLabel = Batch.LabelCount;
        Text model = default, version = default, unused = default;
        long time = Point.NoTime, step = Point.NoStep;
        string? wrongTime = null;
        Utf8JsonReader metrics = default, ended = default, distributions = default;
        bool hasMetrics = false, hasEnded = false, hasDistributions = false;
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
                wrongTime = TryTime(ref json, out time) ? null : NotATime("ts", json);
            }
            else if (json.ValueTextEquals(Version))
            {
                json.Read();
                if (json.TokenType != JsonTokenType.Null) version = KeepValue(ref json);
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
                json.Read();
                hasDistributions = true;
                distributions = json;
                json.Skip();
            }
            else if (json.ValueTextEquals("ended"u8))
            {
                json.Read();
                hasEnded = json.TokenType == JsonTokenType.StartArray;
                ended = json;
                json.Skip();
            }
            else
            {
                json.Skip();
            }
        }

        var isDeclaration = !version.IsEmpty && !(hasMetrics || hasEnded || hasDistributions);
        // Here all series of a version have it as their label: two versions may have the same labels else.
        if (!version.IsEmpty && !isDeclaration) SetVersion(firstLabel, version);
        if (model.IsEmpty || !(hasMetrics || hasEnded || hasDistributions || isDeclaration))
            Batch.Refuse(RefusalReason.MissingField, model.IsEmpty ? "model" : "metrics");
        else if (!Batch.IsGood(model))
            Batch.Refuse(Batch.ReasonOf(model), "model");
        else if (!version.IsEmpty && !Batch.IsGood(version))
            Batch.Refuse(Batch.ReasonOf(version), "model_version");
        else if (wrongTime is not null)
            Batch.Refuse(RefusalReason.BadTime, wrongTime);
        else if (Batch.LabelCount - firstLabel > Batch.Limits.Labels)
            Batch.Refuse(RefusalReason.TooManyLabels, $"more than {Batch.Limits.Labels} labels");
        else
        {
            var like = new Point { Model = model, Labels = Batch.LabelsSince(firstLabel), Time = time, Step = step, DistributionAt = -1 };
            if (isDeclaration && Batch.MayAdd()) Batch.Add() = like with { Name = version, Flags = PointFlags.Version };
            if (hasMetrics) ReadMetrics(ref metrics, like);
            if (hasEnded) ReadEnded(ref ended, like);
            if (hasDistributions) ReadDistributions(ref distributions, like);
        }
    }

    // Who says both says the label.
    private void SetVersion(int firstLabel, Text version)
    {
        foreach (ref readonly var label in Batch.LabelsOf(Batch.LabelsSince(firstLabel)))
            if (Batch.BytesOf(label.Name).SequenceEqual(Version)) return;
        Batch.TryAddLabel(Batch.AddText(Version), version);
    }

    private void ReadDistributions(ref Utf8JsonReader json, in Point like)
    {
        using var distributions = JsonDocument.ParseValue(ref json);
        var reason = _distributions.Check(JsonMarshal.GetRawUtf8Value(distributions.RootElement), out var detail);
        if (reason == RefusalReason.None) NativeDistributions.Add(distributions.RootElement, Batch, like);
        else Batch.Refuse(reason, detail);
    }

    private void ReadEnded(ref Utf8JsonReader json, in Point like)
    {
        while (json.Read() && json.TokenType != JsonTokenType.EndArray && Batch.MayAdd())
        {
            if (json.TokenType != JsonTokenType.String)
            {
                Batch.Refuse(RefusalReason.WrongType, "'ended' holds something else than names");
                json.Skip();
                continue;
            }

            var name = Keep(ref json);
            if (Batch.ReasonOfName(name) is var reason and not RefusalReason.None) Batch.RefuseOf(name, reason, "a metric of 'ended'");
            else Batch.Add() = like with { Name = name, Value = double.NaN, Flags = PointFlags.Stale };
        }
    }

    private void ReadMetrics(ref Utf8JsonReader json, in Point like)
    {
        var isEmpty = true;
        while (TryProperty(ref json) && Batch.MayAdd())
        {
            isEmpty = false;
            var name = Keep(ref json);
            json.Read();
            var reason = ReadNumber(ref json, out var value);
            if (reason == RefusalReason.TextValue) reason = RefusalReason.WrongType;
            if (reason != RefusalReason.None)
            {
                Batch.RefuseOf(name, reason, reason == RefusalReason.NoValue ? "a metric" : NotANumber(json));
                continue;
            }

            if (Batch.ReasonOfName(name) is var unnamed and not RefusalReason.None)
            {
                Batch.RefuseOf(name, unnamed, "the name of a metric");
                continue;
            }

            Batch.Add() = like with { Name = name, Value = value };
        }

        if (isEmpty && json.TokenType == JsonTokenType.EndObject) Batch.Refuse(RefusalReason.Empty, "'metrics' has no entry");
    }
}
