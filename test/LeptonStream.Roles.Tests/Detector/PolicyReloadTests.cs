using LeptonStream.Health;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Detector;

[Parallelizable]
public sealed class PolicyReloadTests
{
    private const string Ignoring = "rules:\n- matchers: [metric=ttft_p99_ms]\n  ignore: true\n";

    private const string Recursive = "rules: &r [{ignore: true}, *r]\n";
    private const string Nested = "(60,000 open brackets)";

    private readonly JumpingClock _clock = new();
    private string _file = null!;
    private DetectorRig _rig = null!;
    private IRoleHealth _health = null!;

    [SetUp]
    public void MakeRig()
    {
        _file = Path.GetTempFileName();
        _rig = new DetectorRig(partitions: 1);
    }

    [TearDown]
    public void RemoveRig()
    {
        _rig.Dispose();
        File.Delete(_file);
    }

    [Test]
    public async Task Run_PoliciesFile_DecidesWhatIsJudged()
    {
        Start(Ignoring);
        await Send(5, from: 0);
        Assert.That(_rig.CountOf("samples.refused/ignored"), Is.EqualTo(5));
        Assert.That(_rig.CountOf("samples"), Is.Zero);
    }

    [Test]
    public async Task Run_ChangedFile_IsTakenUpBetweenBatches()
    {
        Start("{}");
        await Send(5, from: 0);
        Assert.That(_rig.CountOf("samples"), Is.EqualTo(5));

        await Change(Ignoring, "policies.reads/adopted");
        await Send(5, from: 5);
        Assert.That((_rig.CountOf("samples"), _rig.CountOf("samples.refused/ignored")), Is.EqualTo((5, 5)));

        await Change("{}", "policies.reads/adopted");
        await Send(5, from: 10);
        Assert.That((_rig.CountOf("samples"), _rig.CountOf("samples.refused/ignored")), Is.EqualTo((10, 5)));
    }

    // Kubernetes puts a new version of a mounted file beside the old one and swaps a link to their folder.
    [Test]
    public async Task Run_SwappedFolderOfAMountedFile_IsTakenUp()
    {
        var mount = Directory.CreateTempSubdirectory("lepton-mount-").FullName;
        try
        {
            await Publish(mount, "..1", "{}");
            File.CreateSymbolicLink(Path.Combine(mount, "policies.yaml"), Path.Combine("..data", "policies.yaml"));
            _rig.Start(_clock, ("Detector:PoliciesFile", Path.Combine(mount, "policies.yaml")));
            await Send(5, from: 0);
            Assert.That(_rig.CountOf("samples"), Is.EqualTo(5));

            await Publish(mount, "..2", Ignoring);
            Directory.Delete(Path.Combine(mount, "..1"), recursive: true);
            for (var i = 0; i < 100 && _rig.CountOf("policies.reads/adopted") == 0; i++) await Look();
            await Send(5, from: 5);
            Assert.That((_rig.CountOf("samples"), _rig.CountOf("samples.refused/ignored")), Is.EqualTo((5, 5)));
            Assert.That(_rig.CountOf("policies.reads/refused"), Is.Zero);
        }
        finally
        {
            Directory.Delete(mount, recursive: true);
        }
    }

    [TestCase("rules:\n- ignroe: true\n")]
    [TestCase("")]
    [TestCase(null)]
    [TestCase(Recursive)]
    [TestCase(Nested)]
    public async Task Run_FileThatBecameWrong_IsRefusedOnceAndTheOldPoliciesStay(string? text)
    {
        Start(Ignoring);
        await Send(5, from: 0);

        await Change(text == Nested ? "rules: " + new string('[', 60_000) : text, "policies.reads/refused");
        await Look();
        await Send(5, from: 5);
        Assert.That(_rig.CountOf("samples.refused/ignored"), Is.EqualTo(10));
        Assert.That(_rig.CountOf("policies.reads/refused"), Is.EqualTo(1));
        await Eventually.True(() => Readiness.Contains($"degraded: the changed policies in {_file} are refused", StringComparison.Ordinal),
            "said as long as it lasts");

        await Change("{}", "policies.reads/adopted");
        await Send(5, from: 10);
        Assert.That(_rig.CountOf("samples"), Is.EqualTo(5));
        await Eventually.True(() => Readiness == "ready", "nothing is wrong any more");
    }

    [Test]
    public async Task Reload_AskedFor_ReadsTheFileBeforeTheNextBatchWithoutWaiting()
    {
        Start("{}");
        await Send(5, from: 0);

        File.WriteAllText(_file, Ignoring);
        await _rig.Reload();
        await Eventually.True(() => _rig.CountOf("policies.reads/adopted") == 1, "the file is read");
        await Send(5, from: 5);
        Assert.That((_rig.CountOf("samples"), _rig.CountOf("samples.refused/ignored")), Is.EqualTo((5, 5)));

        await _rig.Reload();
        await Eventually.True(() => _rig.CountOf("policies.reads/adopted") == 2, "an unchanged file is read and told of too");
    }

    // What is adopted gives up the snapshot under way, which takes hundreds of rounds here.
    [Test]
    public async Task Reload_AgainAndAgainDuringSnapshots_ALargePartitionHasThemAllTheSame()
    {
        const int Series = 4_000;
        File.WriteAllText(_file, "{}");
        _rig.Start(null, ("Detector:PoliciesFile", _file), ("Detector:SnapshotSeconds", "1"), ("Detector:SnapshotSliceMs", "0"));
        _rig.Probe.Produce(_rig.Topics.Metrics, 0,
            Enumerable.Range(0, Series).SelectMany(i => MetricStream.Of("llama", 1, _ => 1, metric: $"metric{i}")));
        await Eventually.True(() => _rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 0) == Series, "all records committed");

        var before = _rig.CountOf("snapshots/written");
        for (var i = 0; i < 600 && _rig.CountOf("snapshots/written") < before + 2; i++)
        {
            File.WriteAllText(_file, $"rules:\n- matchers: [metric=other{i}]\n  ignore: true\n");
            await _rig.Reload();
            await Task.Delay(50);
        }

        Assert.That(_rig.CountOf("snapshots/written"), Is.GreaterThanOrEqualTo(before + 2));
        Assert.That(_rig.CountOf("policies.reads/adopted"), Is.GreaterThan(20));
    }

    [Test]
    public async Task Run_AnICalFileThatChanges_IsTakenUpAndABrokenOneLeavesTheOldOne()
    {
        var calendar = _file + ".ics";
        try
        {
            await File.WriteAllTextAsync(calendar, Holiday(25));
            Start($"calendars:\n- name: holidays\n  ical_file: {Path.GetFileName(calendar)}\nrules:\n- mute: holidays\n");
            await Send(5, from: 0);

            await Change(calendar, "broken", "policies.reads/refused");
            await Eventually.True(() => Readiness.Contains("calendars[0].ical_file", StringComparison.Ordinal), "the calendar is named");
            await Change(calendar, Holiday(26), "policies.reads/adopted");
            await Eventually.True(() => Readiness == "ready", "nothing is wrong any more");
            await Send(5, from: 5);
            Assert.That(_rig.CountOf("samples"), Is.EqualTo(10));
        }
        finally
        {
            File.Delete(calendar);
        }

        static string Holiday(int day) => "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\n"
            + $"DTSTART;VALUE=DATE:202612{day}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    }

    [Test]
    public void Start_WrongFile_EndsWithEveryError()
    {
        File.WriteAllText(_file, "rules:\n- ignroe: true\n");
        Assert.That(() => _rig.Start(_clock, ("Detector:PoliciesFile", _file)),
            Throws.Exception.With.Message.Contains($"Detector:PoliciesFile: {_file}:2: rules[0].ignroe is unknown"));
    }

    private void Start(string text)
    {
        File.WriteAllText(_file, text);
        _health = DetectorRig.HealthOf(_rig.Start(_clock, ("Detector:PoliciesFile", _file)));
    }

    private string Readiness => _health.Ready().Detail;

    private static async Task Publish(string mount, string version, string text)
    {
        Directory.CreateDirectory(Path.Combine(mount, version));
        File.WriteAllText(Path.Combine(mount, version, "policies.yaml"), text);
        var link = Directory.CreateSymbolicLink(Path.Combine(mount, "..data_tmp"), version);
        var swapped = await ExternalProgram.Run("mv", ["-T", link.FullName, Path.Combine(mount, "..data")]);
        Assert.That(swapped.ExitCode, Is.Zero, swapped.Everything);
    }

    private async Task Send(int count, int from)
    {
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, MetricStream.Of("llama", count, from: from));
        await Eventually.True(() => _rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 0) == from + count,
            "all records committed");
        // What was not judged is told after the commit.
        await Eventually.True(() => _rig.CountOf("samples") + _rig.CountOf("samples.refused/ignored") == from + count,
            "all samples counted");
    }

    private Task Change(string? text, string count) => Change(_file, text, count);

    private async Task Change(string file, string? text, string count)
    {
        var before = _rig.CountOf(count);
        if (text is null) File.Delete(file);
        else File.WriteAllText(file, text);
        for (var i = 0; i < 100 && _rig.CountOf(count) == before; i++) await Look();
        Assert.That(_rig.CountOf(count), Is.EqualTo(before + 1), count);
    }

    // The file is looked at every two seconds. The jump stays below the fence of half the session time-out.
    private async Task Look()
    {
        _clock.Jump(TimeSpan.FromSeconds(2.1));
        await Task.Delay(300);
    }
}
