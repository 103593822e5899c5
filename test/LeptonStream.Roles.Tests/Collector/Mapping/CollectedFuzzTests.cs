using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Mapping.Store;
using LeptonStream.Collector.Points;
using LeptonStream.Roles.Tests.Collector.Formats;
using LeptonStream.Samples;
using FormatLimits = LeptonStream.Collector.Points.FormatLimits;

namespace LeptonStream.Roles.Tests.Collector.Mapping;

/// <summary>
/// Payloads that nobody meant to send, through the whole of the collector: whatever they become, the detector takes each record.
/// </summary>
public sealed class CollectedFuzzTests
{
    private const int FastPayloads = 60_000;
    private const int SlowPayloads = 1_000_000;

    [Test]
    public void Write_OfChangedPayloads_IsTakenByTheDetector() => Fuzz(new(20261130, FastPayloads));

    [Test, Category("Slow")]
    public void Write_OfMillionsOfChangedPayloads_IsTakenByTheDetector() => Fuzz(FuzzPlan.Slow(SlowPayloads));

    private static void Fuzz(FuzzPlan plan)
    {
        var seeds = FormatFuzzTests.Seeds();
        var (lane, detector, read) = (new IntakeLane(), new NativeJsonFormat(LeptonStream.Samples.FormatLimits.Default), new SampleBatch());
        string[] names = [.. lane.Formats.Names];
        var bytes = new byte[16 << 10];
        var limits = new FormatLimits { Points = 2000, DecompressedBytes = 1 << 20 };
        var config = CollectorConfig.Default;
        var (mapper, page, at) = (new PointMapper(config), new PageSeries(), Timestamp.FromUnixSeconds(1_790_553_600));
        long records = 0;
        foreach (var (i, seed, random) in plan.Steps())
        {
            at += TimeSpan.FromSeconds(1);
            // Of one seed, so that it meets series again and does not fill up with noise.
            if (i == 0) (mapper, page) = (new PointMapper(config), new PageSeries());
            var length = FormatFuzzTests.Mutate(random, seeds[random.Next(seeds.Length)], seeds[random.Next(seeds.Length)], bytes);
            var payload = bytes.AsSpan(0, length);
            var name = random.Next(2) == 0 ? lane.Formats.ByLook(payload).Format?.Name ?? names[0] : names[random.Next(names.Length)];
            try
            {
                if (lane.Read(lane.Formats.ByName(name)!, payload, limits) == FormatOutcome.Refused) continue;
                lane.Map(mapper, new SourceContext("j", Labels) { Page = page }, at.UnixNanoseconds);
                mapper.EndMissing(page, at.UnixNanoseconds, at.UnixNanoseconds, isRead: random.Next(2) == 0, lane.Mapped);
                lane.Write(null);
            }
            catch (Exception thrown)
            {
                Assert.Fail($"payload {i} of seed {seed}, read as {name}: {thrown}\n{Convert.ToHexString(payload)}");
            }

            foreach (var record in lane.Records)
            {
                records++;
                var reason = detector.Read(record.Value, at, read, out var detail);
                if (reason == RejectReason.None && read.Entities.Length == 1) continue;
                Assert.Fail($"payload {i} of seed {seed}, read as {name}: {detail}\n{System.Text.Encoding.UTF8.GetString(record.Value!)}");
            }
        }

        Assert.That(records, Is.GreaterThan(plan.Payloads / 10), "the changes leave too little that becomes a record");
    }

    private static SourceLabels Labels { get; } = new(LeptonStream.Series.LabelSet.Of(("job", "j"), ("instance", "a")));
}
