using System.Text.Json;
using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>
/// Telegraf's JSON: <c>{"name":"cpu","tags":{},"fields":{"usage_idle":99.1},"timestamp":1458229140}</c>, or several of them in
/// <c>{"metrics":[]}</c>. Each field is a point (<see cref="TelegrafFields"/>).
/// </summary>
internal sealed class TelegrafJsonFormat : JsonFormat
{
    private readonly TelegrafFields _fields = new();

    public override string Name => "telegraf_json";

    protected override void ReadObject(ref Utf8JsonReader json)
    {
        var firstLabel = Batch.LabelCount;
        Text measurement = default, unused = default;
        var time = Point.NoTime;
        string? wrongTime = null;
        Utf8JsonReader fields = default;
        var hasFields = false;
        var isBatch = false;
        while (TryProperty(ref json))
        {
            if (json.ValueTextEquals("name"u8))
            {
                json.Read();
                measurement = KeepValue(ref json);
            }
            else if (json.ValueTextEquals("tags"u8))
            {
                json.Read();
                ReadLabels(ref json, firstLabel, ref unused);
            }
            else if (json.ValueTextEquals("timestamp"u8))
            {
                json.Read();
                wrongTime = TryTime(ref json, out time) ? null : NotATime("timestamp", json);
            }
            else if (json.ValueTextEquals("fields"u8))
            {
                json.Read();
                // They come before the name, which their points need.
                fields = json;
                hasFields = json.TokenType == JsonTokenType.StartObject;
                json.Skip();
            }
            else if (json.ValueTextEquals("metrics"u8) && json.CurrentDepth == 1)
            {
                json.Read();
                isBatch = json.TokenType == JsonTokenType.StartArray;
                if (isBatch) ReadBatch(ref json);
                else json.Skip();
            }
            else
            {
                json.Skip();
            }
        }

        if (isBatch) return;
        if (!hasFields || measurement.IsEmpty) Batch.RefuseOf(measurement, RefusalReason.MissingField, hasFields ? "name" : "fields");
        else if (wrongTime is not null) Batch.RefuseOf(measurement, RefusalReason.BadTime, wrongTime);
        else ReadFields(ref fields, measurement, firstLabel, time);
    }

    private void ReadBatch(ref Utf8JsonReader json)
    {
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType == JsonTokenType.StartObject) ReadObject(ref json);
            else json.Skip();
        }
    }

    private void ReadFields(ref Utf8JsonReader json, Text measurement, int firstLabel, long time)
    {
        var labels = Batch.LabelsSince(firstLabel);
        if (labels.Count > Batch.Limits.Labels)
        {
            Batch.RefuseOf(measurement, RefusalReason.TooManyLabels, $"more than {Batch.Limits.Labels} labels");
            return;
        }

        var first = Batch.PointCount;
        _fields.Begin(Batch, measurement, labels);
        while (TryProperty(ref json) && Batch.MayAdd())
        {
            var joined = Joined(measurement, ref json);
            json.Read();
            var reason = ReadNumber(ref json, out var value);
            // A text that looks like a number is a text here.
            if (reason == RefusalReason.None && json.TokenType == JsonTokenType.String) reason = RefusalReason.TextValue;
            if (reason == RefusalReason.None)
            {
                _fields.AddJoined(joined, value);
                continue;
            }

            Batch.RefuseOf(joined, reason, "field");
            _fields.SkipOne();
        }

        _fields.End();
        for (var i = first; i < Batch.PointCount; i++) Batch.At(i).Time = time;
    }

    private Text Joined(Text measurement, ref Utf8JsonReader json)
    {
        var room = Batch.Room(measurement.Length + 1 + json.ValueSpan.Length);
        Batch.BytesOf(measurement).CopyTo(room);
        room[measurement.Length] = (byte)'_';
        var field = json.CopyString(room[(measurement.Length + 1)..]);
        return Batch.Keep(measurement.Length + 1 + field);
    }
}
