using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using LeptonStream.Samples;

namespace LeptonStream.Cli.Map;

/// <summary>Lines of JSON for programs: a sample, a dropped point or a payload each.</summary>
internal sealed class JsonMapReport(TextWriter output) : IMapReport
{
    private static readonly JsonSerializerOptions Plain = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        // JSON has no other numbers than finite ones: the rest are texts, as on lepton.metrics.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public int SampleCount { get; private set; }

    public void Add(string file, MappedPayload payload)
    {
        var mapped = payload.Mapped;
        SampleCount += mapped.SampleCount + mapped.Distributions.Length + mapped.Versions.Length;
        Write(new { type = "payload", file, format = payload.Format, points = payload.Points.Points.Length, samples = mapped.SampleCount });
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

    public void End()
    {
    }

    private void Write(object line) => output.WriteLine(JsonSerializer.Serialize(line, Plain));
}
