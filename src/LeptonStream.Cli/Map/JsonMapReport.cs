using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using LeptonStream.Samples;

namespace LeptonStream.Cli.Map;

/// <summary>Lines of JSON for programs: a sample, a dropped point, a payload or a topic each.</summary>
internal sealed class JsonMapReport(TextWriter output) : IMapReport
{
    private static readonly JsonSerializerOptions Plain = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        // JSON has no other numbers than finite ones: the rest are texts, as on lepton.metrics.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public void Add(MappedPayload payload)
    {
        var mapped = payload.Mapped;
        var (file, place) = (payload.Record is null ? payload.Name : null, payload.Record);
        Write(new
        {
            type = "payload", file, topic = place?.Topic, partition = place?.Partition.Value, offset = place?.Offset.Value,
            format = payload.Format, points = payload.Points.Points.Length, samples = mapped.SampleCount,
        });
        foreach (ref readonly var message in mapped.Messages)
        {
            var labels = message.Entity.Labels.ToDictionary(label => label.Key, label => label.Value);
            var (model, time) = (message.Entity.Model, new Timestamp(message.Time).ToString());
            long? step = message.Step < 0 ? null : message.Step;
            foreach (ref readonly var sample in mapped.SamplesOf(message))
                Write(new { type = "sample", model, labels, metric = sample.Series.Metric, value = sample.Value, step, time });
        }

        foreach (ref readonly var passed in mapped.Distributions) Write(new { type = "distribution", series = passed.Series.ToString() });
        foreach (ref readonly var passed in mapped.Versions)
            Write(new { type = "version", model = passed.Entity.Model, version = passed.Version });
        foreach (ref readonly var ended in mapped.Ended) Write(new { type = "ended", series = ended.Series.ToString() });
        foreach (ref readonly var refusal in payload.Points.Refusals)
            Write(new { type = "refused", reason = refusal.Reason.ToString(), detail = refusal.Detail });
        foreach (ref readonly var drop in mapped.Drops)
        {
            var reason = drop.Reason.ToString();
            Write(new { type = "dropped", reason, series = drop.Series, detail = drop.Detail, fault = drop.IsFault });
        }
    }

    public void End(MapTally tally, MappedTopic? topic)
    {
        if (topic is null) return;
        Write(new
        {
            type = "topic", topic = topic.Name, partitions = topic.Records.Partitions, records = topic.Records.Count,
            mapped = tally.Payloads, unreadable = tally.Unreadable, undecodable = topic.Records.Undecoded, samples = tally.Samples,
            series = tally.SeriesCount, dropped = tally.Dropped, shared = tally.Shared, configured = topic.IsSource,
        });
    }

    private void Write(object line) => output.WriteLine(JsonSerializer.Serialize(line, Plain));
}
