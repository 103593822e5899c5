using System.Text.Json;
using LeptonStream.Alerts;
using LeptonStream.Backtest;
using LeptonStream.Detection;
using LeptonStream.Samples;
using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Backtest;

/// <summary>Trouble that people reported, as the scripts beside it make it: files for a backtest, or messages for a partition.</summary>
internal sealed class TroubleTests
{
    [Test]
    public async Task YoungSeriesThatJump_AreToldWithinThreeSamplesOrHalfAMinute()
    {
        using var folder = new MadeFolder();
        await Script("75-young-series.py", folder.Path);
        var files = Directory.GetFiles(folder.Path);
        Assert.That(files, Has.Length.EqualTo(30));

        Assert.That(files.AsParallel().Select(Late).OfType<string>(), Is.Empty);

        static string? Late(string path)
        {
            var file = BacktestFile.Run(path, "young", null, DetectionPolicy.Default);
            var jump = file.AllEvents.Single();
            var begin = file.Rows[jump.First].Time;
            var interval = file.Rows[1].Time - file.Rows[0].Time;
            var latest = begin + TimeSpan.FromSeconds(Math.Max(30, 3 * interval.TotalSeconds));
            var before = file.Findings.Count(f => f.Opened.DetectedAt < begin);
            return before == 0 && file.Findings.Any(f => f.Opened.DetectedAt <= latest)
                ? null
                : $"{file.File.Name}: {before} before, then {string.Join(", ", file.Findings.Select(f => f.Opened.DetectedAt - begin))}";
        }
    }

    [Test]
    public async Task IncidentsAfterOneWildSample_AreAllFound()
    {
        using var folder = new MadeFolder();
        await Script("76-one-wild-sample.py", folder.Path);
        var files = Directory.GetFiles(folder.Path);
        Assert.That(files, Has.Length.EqualTo(12));

        Assert.That(files.AsParallel().Where(IsMissed).Select(Path.GetFileName), Is.Empty);

        static bool IsMissed(string path)
        {
            var file = BacktestFile.Run(path, "wild", null, DetectionPolicy.Default);
            var (from, to) = (file.Rows[file.AllEvents.Single().First].Time, file.Rows[file.AllEvents.Single().Last].Time);
            return !file.Findings.Any(f => f.Opened.DetectedAt >= from && f.Opened.DetectedAt <= to);
        }
    }

    [Test]
    public async Task AnIncidentAtAnySampling_OpensOnceAndStaysOpen([Values(1, 2, 15, 60)] int seconds)
    {
        var events = await Judge("48-sampled-each-second.py", $"{seconds}", "chat");
        Assert.That(events.Count(e => e.Type == AlertEventType.Opened), Is.EqualTo(1));
        Assert.That(events.Exists(e => e.Type == AlertEventType.Resolved), Is.False, "it never came back");
    }

    [Test]
    public async Task APodDeletedWhileItsAlertFires_EndsAsGone()
    {
        var events = await Judge("40-pod-deleted-while-firing.py", "2");
        Assert.That(events.Select(e => (e.Labels["pod"], e.EndedReason)).Distinct(),
            Is.EquivalentTo(new[] { ("chat-7b-5d9f-b", null), ("chat-7b-5d9f-b", (EndedReason?)EndedReason.Gone) }));
        Assert.That(events[^1].EndedReason, Is.EqualTo(EndedReason.Gone));
    }

    [TestCase("whole")]
    [TestCase("split")]
    public async Task ARowOfEightMetrics_IsOneEntityHoweverItIsSent(string form)
    {
        var events = await Judge("52-one-metric-a-message.py", form);
        Assert.That(events.Select(e => e.Type), Has.Some.EqualTo(AlertEventType.Opened), "a small change of all of them");
        var change = Timestamp.FromUnixMilliseconds(1790553600000 + (2880L * 30_000));
        Assert.That(events.Where(e => e.Onset < change), Is.Empty, "quiet before");
    }

    // What means one thing only is taken; everything else is refused with a reason.
    [Test]
    public async Task EveryFormThatProducersWrite_IsTakenOrRefusedWithAReason()
    {
        (string Name, RejectReason Reason)[] refused =
        [
            ("sr", RejectReason.MalformedJson), ("connect", RejectReason.MissingField), ("numstr", RejectReason.WrongType),
            ("boolv", RejectReason.WrongType), ("tsstr", RejectReason.WrongType), ("tspynaive", RejectReason.WrongType),
            ("stepstr", RejectReason.WrongType), ("labnest", RejectReason.WrongType), ("lablong", RejectReason.InvalidText),
            ("labnl", RejectReason.InvalidText), ("labtab", RejectReason.InvalidText), ("labdel", RejectReason.InvalidText),
            ("lone", RejectReason.InvalidText), ("emptym", RejectReason.Empty),
            ("keyonly", RejectReason.MissingField), ("gz", RejectReason.InvalidUtf8), ("tomb", RejectReason.EmptyValue),
            ("empty", RejectReason.EmptyValue), ("Model", RejectReason.MissingField), ("flat", RejectReason.MissingField),
        ];
        var pipeline = new PartitionPipeline("lepton.metrics", 0, DetectionPolicy.Default);
        var now = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow);
        var outcomes = new Dictionary<string, RecordOutcome>();
        foreach (var (key, value) in await Messages("08-producers-forms.py"))
            outcomes.Add(key, pipeline.Process(value, outcomes.Count, now, []));

        Assert.That(outcomes, Has.Count.EqualTo(40));
        Assert.That(outcomes.Where(o => !o.Value.IsAccepted).Select(o => (o.Key, o.Value.Reason)), Is.EquivalentTo(refused));
        Assert.That(outcomes.Where(o => !o.Value.IsAccepted && o.Value.Detail is not { Length: > 0 }), Is.Empty);
        Assert.That(outcomes["ndjson"].Samples, Is.EqualTo(3));
    }

    private static async Task<List<AlertEvent>> Judge(string script, params string[] arguments)
    {
        var pipeline = new PartitionPipeline("lepton.metrics", 0, DetectionPolicy.Default);
        var events = new List<AlertEvent>();
        var offset = 0L;
        foreach (var (_, value) in await Messages(script, arguments))
        {
            using var message = JsonDocument.Parse(value);
            var time = Timestamp.FromUnixMilliseconds(message.RootElement.GetProperty("ts").GetInt64());
            var outcome = pipeline.Process(value, offset++, time, events);
            Assert.That(outcome.IsAccepted, Is.True, outcome.Detail);
        }

        events.RemoveAll(e => e.IsProgress);
        return events;
    }

    // Lines for a producer: key, partition, time, headers, value.
    private static async Task<IEnumerable<(string Key, byte[]? Value)>> Messages(string script, params string[] arguments)
    {
        var lines = (await Script(script, arguments)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Select(line => line.Split('\t', 5)).Select(cells => (cells[0], ValueOf(cells[4])));
    }

    private static byte[]? ValueOf(string text) => text switch
    {
        "@null" => null,
        _ when text.StartsWith("b64:", StringComparison.Ordinal) => Convert.FromBase64String(text[4..]),
        _ => System.Text.Encoding.UTF8.GetBytes(text),
    };

    private static async Task<string> Script(string name, params string[] arguments)
    {
        var script = SharedFolder.Require(Path.Combine("data", "trouble", name));
        var made = await ExternalProgram.Run("python3", [script, .. arguments]);
        Assert.That(made.ExitCode, Is.Zero, made.Everything);
        return made.Output;
    }

    private sealed class MadeFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("lepton-trouble-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
