using System.Globalization;
using System.Text;
using Confluent.Kafka;
using LeptonStream.Collector.Edge;
using LeptonStream.Collector.Edge.Local;
using LeptonStream.Collector.Edge.Output;
using LeptonStream.Collector.Output;
using LeptonStream.Detection;
using LeptonStream.Health;
using LeptonStream.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Timestamp = LeptonStream.Samples.Timestamp;

namespace LeptonStream.Roles.Tests.Collector.Edge;

/// <summary>A week without a broker, in an hour's worth of fake minutes: spool, detector of the host, and the way to Kafka.</summary>
[Parallelizable]
public sealed class EdgeWeekTests
{
    private const int Week = 7 * 24 * 60;
    private static readonly DateTimeOffset Begin = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public async Task Week_Offline_ArrivesWholeInOrderAndIsJudgedOnce()
    {
        using var rig = new EdgeRig();
        var time = new FakeTimeProvider(Begin);
        await Live(rig, time, Week);

        using var host = rig.Build();
        await Forward(host.Services);

        var records = rig.Records(Week);
        Assert.That(records.Select(Minute), Is.EqualTo(Enumerable.Range(0, Week)));
        Assert.That(records.Select(record => record.Id), Is.Unique);
        Assert.That(host.Services.GetRequiredService<EdgeFolder>().Samples.Dropped, Is.Zero);
        Assert.That(Judged(records.Select(record => record.Value)), Is.EqualTo(Week));

        // A kill after Kafka had them and before the cursor was written: a part comes again.
        var again = records.Concat(records.Skip(Week - 700)).Select(record => record.Value);
        Assert.That(Judged(again), Is.EqualTo(Week), "records that come twice are judged once");
    }

    [Test]
    public async Task Week_OfflineWithASmallSpool_KeepsTheNewestAndCountsTheRest()
    {
        using var rig = new EdgeRig(("Edge:MaxSpoolBytes", "1048576"));
        var time = new FakeTimeProvider(Begin);
        var dropped = await Live(rig, time, 2 * Week);

        using var host = rig.Build();
        await Forward(host.Services);

        var minutes = rig.Records().Select(Minute).ToList();
        Assert.That(dropped, Is.Positive);
        Assert.That(minutes, Is.EqualTo(Enumerable.Range(2 * Week - minutes.Count, minutes.Count)));
        Assert.That(minutes.Count + dropped, Is.EqualTo(2 * Week));
    }

    [Test]
    public async Task Week_OlderThanTheSpoolKeeps_GoesThoughThereIsRoom()
    {
        using var rig = new EdgeRig(("Edge:SpoolAge", "1.00:00:00"), ("Edge:MaxSpoolBytes", "1048576"));
        var dropped = await Live(rig, new FakeTimeProvider(Begin), 3 * 24 * 60);

        Assert.That(dropped, Is.Positive);
    }

    // The edge without its threads: a sample a minute, and a round of the worker.
    private static async Task<long> Live(EdgeRig rig, FakeTimeProvider time, int minutes)
    {
        var judged = 0;
        var dropped = 0L;
        for (var minute = 0; minute < minutes;)
        {
            // A restart each day, as by a kill: nothing is closed in order.
            using var host = rig.Build(time);
            var sink = host.Services.GetRequiredService<IRecordSink>();
            var detector = host.Services.GetRequiredService<LocalDetector>();
            var disk = host.Services.GetRequiredService<EdgeDisk>();
            var troubles = new TroubleLog(NullLogger.Instance, time);
            while (detector.Judge(troubles)) { }
            detector.Observer = (in _) => judged++;
            for (var end = Math.Min(minutes, minute + (24 * 60)); minute < end; minute++)
            {
                await sink.Send([Sample(minute)], () => { });
                time.Advance(TimeSpan.FromMinutes(1));
                detector.Judge(troubles);
                // Each writes to the disk and waits for it.
                if (minute % 30 == 0) disk.Round(troubles);
            }

            dropped += host.Services.GetRequiredService<EdgeFolder>().Samples.Dropped;
        }

        Assert.That(judged, Is.EqualTo(minutes), "each sample was judged when it came");
        return dropped;
    }

    private static async Task Forward(IServiceProvider services)
    {
        var forwarder = services.GetRequiredService<SpoolForwarder>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await forwarder.Round(limit.Token)) { }
    }

    private static Message<byte[]?, byte[]?> Sample(int minute) => new()
    {
        Key = "m"u8.ToArray(),
        Value = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $$$"""{"model":"m","ts":{{{TimeOf(minute).ToUnixTimeMilliseconds()}}},"metrics":{"x":{{{minute % 7}}}}}""")),
    };

    private static DateTimeOffset TimeOf(int minute) => Begin + TimeSpan.FromMinutes(minute);

    private static int Minute((string Id, string Value) record)
    {
        var time = System.Text.Json.JsonDocument.Parse(record.Value).RootElement.GetProperty("ts").GetInt64();
        return (int)(DateTimeOffset.FromUnixTimeMilliseconds(time) - Begin).TotalMinutes;
    }

    // As the detectors do: by the broker's time, when the week is over.
    private static int Judged(IEnumerable<string> records)
    {
        var pipeline = new PartitionPipeline("lepton.metrics", 0, DetectionPolicy.Default);
        var judged = 0;
        pipeline.Observer = (in _) => judged++;
        var offset = 0L;
        foreach (var record in records)
            pipeline.Process(Encoding.UTF8.GetBytes(record), offset++, Timestamp.FromDateTimeOffset(Begin + TimeSpan.FromDays(8)), []);
        return judged;
    }
}
