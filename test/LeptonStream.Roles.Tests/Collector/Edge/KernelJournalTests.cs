using System.Diagnostics;
using LeptonStream.Collector.Edge.Host;
using LeptonStream.Testing;
using Microsoft.Extensions.Time.Testing;

namespace LeptonStream.Roles.Tests.Collector.Edge;

/// <summary>The kernel's log by the journal: a program that answers as <c>journalctl</c> does stands in for it.</summary>
[Parallelizable]
public sealed class KernelJournalTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private FakeTimeProvider _time = null!;

    [SetUp]
    public void Begin() => _time = new(Start);

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Take_EntriesOfTheJournal_AreErrorsWithTheTimeOfTheJournal()
    {
        using var log = new KernelJournal(Program("entries", """
            echo '{"__CURSOR":"a","__REALTIME_TIMESTAMP":"1763600000123456","MESSAGE":"NVRM: Xid (PCI:0000:3b:00): 79, x"}'
            echo '{"__CURSOR":"b","MESSAGE":"NVRM: Xid (PCI:0000:3b:00): 48"}'
            echo '{"__CURSOR":"c","__REALTIME_TIMESTAMP":"99999999999999999999","MESSAGE":"NVRM: Xid (PCI:0000:3b:00): 31"}'
            echo '{"MESSAGE":[78,86,82,77]}'
            echo '{"MESSAGE":"usb 1-1: new device"}'
            echo '[1]'
            echo 'no json'
            head -c 200000 /dev/zero | tr '\0' x; echo
            echo '{"__CURSOR":"d","MESSAGE":"nvidia-nvswitch3: SXid (PCI:0000:c1:00.0): 28006, Non-fatal"}'
            sleep 60
            """), _time);

        var errors = await Errors(log, 4);

        Assert.That(errors.Select(each => each.Error.Code), Is.EqualTo((int[])[79, 48, 31, 28006]));
        Assert.That(errors[0].Time, Is.EqualTo(DateTimeOffset.UnixEpoch.AddTicks(17636000001234560)));
        Assert.That(errors.Skip(1).Select(each => each.Time), Is.All.EqualTo(Start));
        Assert.That(log.Trouble, Is.Null);
    }

    // The journal knows who wrote what: it is asked for the kernel's own, and what a program calls itself has no say.
    [Test]
    public async Task Follow_TheJournal_AsksForEntriesOfTheKernelAlone()
    {
        var words = Path.Combine(_folder, "words");
        using var log = new KernelJournal(Program("asks", $"echo \"$@\" >> {words}; sleep 60"), _time);
        await Eventually.True(() => File.Exists(words) && File.ReadAllText(words).EndsWith('\n'), "it is asked");
        Assert.That((await File.ReadAllTextAsync(words)).Split(' ', '\n'),
            Is.SupersetOf((string[])["_TRANSPORT=kernel", "SYSLOG_FACILITY=0", "--follow", "--since=-10min"]));
    }

    [Test]
    public async Task Program_ThatEnds_IsSaidAndBegunAgainBehindTheLastEntry()
    {
        using var log = new KernelJournal(Program("ends", """
            case "$*" in
              *--after-cursor=a*) echo '{"__CURSOR":"b","MESSAGE":"NVRM: Xid (PCI:0000:3b:00): 48"}'; sleep 60;;
              *) echo '{"__CURSOR":"a","MESSAGE":"NVRM: Xid (PCI:0000:3b:00): 79"}'; echo 'no access' >&2; exit 3;;
            esac
            """), _time);
        Assert.That((await Errors(log, 1)).Single().Error.Code, Is.EqualTo(79));
        await Eventually.True(() => log.Trouble is not null, "its end is said");
        Assert.That(log.Trouble, Does.Contain("ended with 3: no access"));

        // The pause begins a moment after the trouble is said.
        var errors = new List<(XidLine Error, DateTimeOffset Time)>();
        await Eventually.True(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(11));
            log.Take(errors);
            return errors.Count > 0;
        }, "the next is read");
        Assert.That(errors.Single().Error.Code, Is.EqualTo(48));
        Assert.That(log.Trouble, Is.Null);
    }

    [Test]
    public async Task Program_ThatIsNotThere_IsSaid()
    {
        using var log = new KernelJournal(Path.Combine(_folder, "nothing"), _time);
        await Eventually.True(() => log.Trouble is not null, "it is said");
        Assert.That(log.Trouble, Does.Contain("nothing"));
    }

    private static async Task<List<(XidLine Error, DateTimeOffset Time)>> Errors(KernelJournal log, int count)
    {
        var errors = new List<(XidLine Error, DateTimeOffset Time)>();
        await Eventually.True(() =>
        {
            log.Take(errors);
            return errors.Count >= count;
        }, "they are read");
        return errors;
    }

    private string Program(string name, string body)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path + ".sh", "#!/bin/sh\n" + body);
        // By another process: one that other tests start at this moment would hold a file that is written here, and keep it from being run.
        using var copy = Process.Start("install", ["-m", "755", path + ".sh", path]);
        copy.WaitForExit();
        return path;
    }
}
