using System.Globalization;
using System.Text;
using Confluent.Kafka;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Detector;

/// <summary>
/// A fleet that goes on from one fault to the next: noisy series with incidents, new models whose first sample is an alert, records that
/// can't be read, and in each partition a training run, so that clocks decide as well.
/// </summary>
internal sealed class FleetStory(DetectorOnKafka rig)
{
    private const int ModelsPerPartition = 4;
    private const int StepsATurn = 30;
    private const int IncidentsATurn = 20;

    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private int _step;
    private int _incidents;

    // A dead letter must follow from it.
    private static Message<byte[]?, byte[]?> Broken => new() { Key = "broken"u8.ToArray(), Value = "{"u8.ToArray() };

    /// <summary>Writes the next part of the story to every partition.</summary>
    public void GoOn() => GoOn(StepsATurn, IncidentsATurn);

    /// <summary>Writes so many steps of the story to every partition, and behind them so many new models with an alert each.</summary>
    /// <returns>The last model of each partition: once its event is there, so are all before.</returns>
    public IReadOnlyList<string> GoOn(int steps, int incidents)
    {
        var last = new List<string>();
        for (var partition = 0; partition < rig.Partitions; partition++)
        {
            var own = partition;
            var records = Enumerable.Range(_step, steps).SelectMany(step =>
                step % 10 == 9 ? [.. Served(own, step), Trained(own, step), Broken] : Served(own, step).Append(Trained(own, step)));
            var news = DetectorOnKafka.Incidents(_incidents, incidents).ToList();
            rig.Probe.Produce(rig.Topics.Metrics, partition, records.Concat(news));
            _incidents += incidents;
            last.Add(Encoding.UTF8.GetString(news[^1].Key!));
        }

        _step += steps;
        return last;
    }

    /// <summary>A training run of which enough is known that its silence is soon taken for its end.</summary>
    public void TrainLong(int steps)
    {
        for (var partition = 0; partition < rig.Partitions; partition++)
        {
            var own = partition;
            rig.Probe.Produce(rig.Topics.Metrics, partition, Enumerable.Range(0, steps).Select(step => Trained(own, step, "long")));
        }
    }

    /// <summary>
    /// Writes steps of the serving fleet to every partition. Every model has incidents of its own, and one of the series is noisy.
    /// </summary>
    public static void Serve(DetectorOnKafka rig, int from, int count)
    {
        for (var partition = 0; partition < rig.Partitions; partition++)
        {
            var own = partition;
            rig.Probe.Produce(rig.Topics.Metrics, partition, Enumerable.Range(from, count).SelectMany(step => Served(own, step)));
        }
    }

    private static IEnumerable<Message<byte[]?, byte[]?>> Served(int partition, int step)
    {
        for (var m = 0; m < ModelsPerPartition; m++)
        {
            var noise = new Random((((partition * 7) + m) * 1_000_003) + step);
            var isIncident = (step + (m * 37)) % 180 >= 150;
            var depth = (isIncident ? 400 : 20) + (4 * noise.NextDouble());
            var latency = (isIncident ? 900 : 200) + (20 * noise.NextDouble());
            yield return Message($"m{partition}-{m}", Start.AddSeconds(step * 15), "",
                string.Create(CultureInfo.InvariantCulture, $"\"queue_depth\":{depth},\"latency_ms\":{latency}"));
        }
    }

    private static Message<byte[]?, byte[]?> Trained(int partition, int step, string run = "run")
    {
        var loss = 2 + (1.5 * Math.Exp(-step / 100.0)) + (0.02 * Math.Sin(step * 1.7));
        return Message($"{run}{partition}", DateTimeOffset.UtcNow, $"\"step\":{step + 1},",
            string.Create(CultureInfo.InvariantCulture, $"\"loss\":{loss:F4}"));
    }

    private static Message<byte[]?, byte[]?> Message(string model, DateTimeOffset time, string step, string metrics) => new()
    {
        Key = Encoding.UTF8.GetBytes(model),
        Value = Encoding.UTF8.GetBytes(
            $$$"""{"model":"{{{model}}}","ts":{{{time.ToUnixTimeMilliseconds()}}},{{{step}}}"metrics":{{{{metrics}}}}}"""),
    };
}
