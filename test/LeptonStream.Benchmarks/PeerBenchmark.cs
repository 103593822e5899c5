using System.Globalization;
using System.Text.Json;
using LeptonStream.Testing;

namespace LeptonStream.Benchmarks;

/// <summary>
/// The real detector beside a bare <c>Consume()</c> loop and beside Kafka Streams, which does the simplest part of its job: one window's
/// mean and σ a series. All drain the same topic of one broker, in the order A-B-C-D-D-C-B-A, twice; the ratios are of the geometric means.
/// <c>eng/peers.sh</c> gives the broker one core and whoever drains the other.
/// </summary>
internal static class PeerBenchmark
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(5);

    public static async Task Run(Report report, bool quick)
    {
        if (!WorkerRig.IsPossible(report, "peerRatio1", "worker ÷ Kafka Streams")) return;
        if (SharedFolder.Find("peers/kafka-streams/run") is not { } streams)
        {
            report.Skip("peerRatio1", "worker ÷ Kafka Streams", "../shared/peers/kafka-streams is missing");
            return;
        }

        await using var kafka = await RealKafka.Start();
        await Compare(report, kafka, streams, entities: 1_000, metricsEach: 1, messages: quick ? 50_000 : 1_000_000);
        await Compare(report, kafka, streams, entities: 100, metricsEach: 100, messages: quick ? 5_000 : 40_000);
    }

    private static async Task Compare(Report report, RealKafka kafka, string streams, int entities, int metricsEach, int messages)
    {
        Report.Progress($"peers, {metricsEach} samples a message: filling a topic with {messages:N0} messages");
        var rig = new WorkerRig(kafka, $"peers{metricsEach}", keepsState: true);
        var peerAlerts = $"peer-{Guid.NewGuid():n}";
        rig.Create(peerAlerts);
        rig.Fill(new MetricMessages(entities, metricsEach), messages);
        var samples = (long)messages * metricsEach;
        Func<Task<double>>[] all =
        [
            () => Task.FromResult(rig.Bare()),
            () => Task.FromResult(rig.Worker(samples, new(), out _)),
            () => Streams("memory"),
            () => Streams("bare"),
        ];
        var rates = all.Select(_ => new List<double>()).ToArray();
        int[] order = [0, 1, 2, 3, 3, 2, 1, 0];
        foreach (var at in order.Concat(order)) rates[at].Add(await all[at]());

        Add("peerBare", "worker samples/s ÷ bare Consume() messages/s", rates[0]);
        Add("peerStreams", "worker ÷ Kafka Streams with its in-memory store", rates[2]);
        Add("peerStreamsBare", "worker ÷ Kafka Streams that keeps nothing to restore", rates[3]);

        void Add(string key, string what, List<double> other)
        {
            var each = rates[1].Zip(other, (ours, theirs) => ours / theirs).Order().ToList();
            report.Add($"{key}{metricsEach}", $"{what}, {metricsEach} samples a message",
                WorkerRig.Geometric(rates[1]) / WorkerRig.Geometric(other), "x", string.Create(CultureInfo.InvariantCulture,
                    $"from {each[0]:F2} to {each[^1]:F2}; {WorkerRig.Geometric(rates[1]):N0}/s ÷ {WorkerRig.Geometric(other):N0}/s"));
        }

        async Task<double> Streams(string store)
        {
            var ended = await ExternalProgram.Run(streams, ["--bootstrap", rig.Options.BootstrapServers, "--input", rig.Topics.Metrics,
                "--output", peerAlerts, "--expect", samples.ToString(CultureInfo.InvariantCulture), "--store", store], within: LongEnough);
            var line = ended.Output.Split('\n').FirstOrDefault(line => line.StartsWith('{'))
                ?? throw new InvalidOperationException($"Kafka Streams gave no figures: {ended.Everything}");
            return JsonDocument.Parse(line).RootElement.GetProperty("samples_per_s").GetDouble();
        }
    }
}
