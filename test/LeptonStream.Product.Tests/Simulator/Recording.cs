using System.Text.Json;
using LeptonStream.Series;
using LeptonStream.Simulator;

namespace LeptonStream.Product.Tests.Simulator;

/// <summary>
/// A whole story, read back from its messages: every series as one array, NaN where nothing was measured, positive infinity where no number
/// was.
/// </summary>
internal sealed class Recording
{
    private readonly Dictionary<SeriesKey, double[]> _series = [];

    public Recording(Story story)
    {
        using var fleet = new FleetSimulator(story);
        Script = fleet.Script;
        Story = story;
        var messages = new List<FleetMessage>();
        for (var index = 0; fleet.Next(messages); index++)
        {
            foreach (var message in messages) Read(message, index);
            messages.Clear();
        }
    }

    public Story Story { get; }

    public FaultScript Script { get; }

    public IReadOnlyDictionary<SeriesKey, double[]> Series => _series;

    public int Samples { get; private set; }

    private void Read(FleetMessage message, int index)
    {
        using var json = JsonDocument.Parse(message.Value);
        JsonElement[] entities = json.RootElement.ValueKind == JsonValueKind.Array
            ? [.. json.RootElement.EnumerateArray()]
            : [json.RootElement];
        foreach (var entity in entities)
        {
            Assert.That(entity.GetProperty("model").GetString(), Is.EqualTo(message.Model));
            Assert.That(entity.GetProperty("ts").GetInt64(), Is.EqualTo(message.Time.UnixMilliseconds));
            var labels = LabelSet.Of(entity.GetProperty("labels").EnumerateObject()
                .Select(l => KeyValuePair.Create(l.Name, l.Value.GetString()!)));
            foreach (var metric in entity.GetProperty("metrics").EnumerateObject())
            {
                if (metric.Value.ValueKind == JsonValueKind.Null) continue;
                Samples++;
                SeriesOf(new(message.Model, metric.Name, labels))[index] =
                    metric.Value.ValueKind == JsonValueKind.Number ? metric.Value.GetDouble() : double.PositiveInfinity;
            }
        }
    }

    private double[] SeriesOf(SeriesKey key)
    {
        if (_series.TryGetValue(key, out var values)) return values;
        values = new double[Story.Moments];
        Array.Fill(values, double.NaN);
        return _series[key] = values;
    }
}
