using System.Text;
using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detection.Snapshots;
using LeptonStream.Detection;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Updates;

/// <summary>A copy of a partition goes on as the partition does, whatever is known of versions when it is made.</summary>
public sealed class UpdateSnapshotTests
{
    [Test]
    public void Load_AtAnyTime_GoesOnBitForBit([Range(1, 4)] int seed)
    {
        var story = Story(seed);
        var pipeline = New();
        var whole = Play(pipeline, story, 0);
        Assert.That(whole.Count(line => line.Contains("\"verdict\":\"worse\"", StringComparison.Ordinal)), Is.GreaterThan(0));
        var random = new Random(seed);
        for (var i = 0; i < 25; i++)
        {
            var at = random.Next(story.Count);
            var one = New();
            var before = Play(one, story[..at], 0);
            var copy = New();
            SnapshotBytes.Load(SnapshotBytes.Of(one).Bytes, copy);
            Assert.That(before.Concat(Play(copy, story[at..], at)), Is.EqualTo(whole), $"at {at}");
        }
    }

    [Test]
    public void Process_ARecordThatComesAgain_MakesTheSameEvents()
    {
        var story = Story(5);
        // Each twice, as after a restart of its producer: the samples are no news, and the events are those.
        var doubled = story.SelectMany(record => new[] { record, record }).ToList();
        Assert.That(Ids(Play(New(), doubled, 0)), Is.EqualTo(Ids(Play(New(), story, 0))).And.Not.Empty);

        static string[] Ids(List<string> events) => [.. events.Where(line => line.Contains("model_update", StringComparison.Ordinal))
            .Select(line => line[..line.IndexOf(',', StringComparison.Ordinal)])];
    }

    private static PartitionPipeline New() =>
        new("metrics", 5, DetectionPolicy.Default, topicId: new Guid(7, 7, 7, 1, 2, 3, 4, 5, 6, 7, 8));

    private static List<(byte[] Record, Timestamp Time)> Story(int seed)
    {
        var random = new Random(seed);
        var now = Timestamp.FromUnixSeconds(1795341600);
        var story = new List<(byte[], Timestamp)>();
        for (var i = 0; i < 700; i++)
        {
            now += TimeSpan.FromMinutes(random.Next(300) == 0 ? 200 : 7);
            var version = (i / 150) + (i % 150 > 60 && i % 3 == 0 ? 1 : 0);
            var declares = i % 90 == 0 ? $$"""{"model":"m","ts":{{now.UnixMilliseconds}},"model_version":"v{{version}}" }""" + "\n" : "";
            var said = i % 5 == 0 ? "" : $"\"model_version\":\"v{version}\",";
            var latency = (version % 2 == 0 ? 100 : 170) + random.Next(20);
            story.Add((Encoding.UTF8.GetBytes(declares
                + $$"""{"model":"m","ts":{{now.UnixMilliseconds}},{{said}}"metrics":{"latency_ms":{{latency}}} }"""), now));
        }

        return story;
    }

    private static List<string> Play(PartitionPipeline pipeline, List<(byte[] Record, Timestamp Time)> story, int at)
    {
        var lines = new List<string>();
        var events = new List<AlertEvent>();
        foreach (var (record, time) in story)
        {
            Assert.That(pipeline.Process(record, at++, time, events).IsAccepted, Is.True);
            lines.AddRange(events.Select(made => Encoding.UTF8.GetString(AlertEventJson.Write(made))));
            events.Clear();
        }

        return lines;
    }
}
