using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using LeptonStream.Collector.Edge.Host;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Collector.Edge;

/// <summary>The real device of this machine, where its root runs the tests.</summary>
public sealed class KernelDeviceTests
{
    private const string Device = "/dev/kmsg";

    [Test]
    public async Task Take_LinesThatProgramsWriteToTheDevice_AreNoErrors()
    {
        Requires.Component(CanWrite(), $"a {Device} that may be written and read");
        using var log = new KernelDevice(Device, TimeProvider.System);
        var mark = Guid.NewGuid().ToString("N");
        var seen = Watch(mark);

        // With no level, with that of a warning, as the kernel's facility (0), as others (1 to 23), and as `logger -t kernel` tags them.
        foreach (var head in (string[])["", "<4>", "<0>", "<12>", "<28>", "<188>", "kernel: ", "<4>kernel: "])
            await File.WriteAllTextAsync(Device, $"{head}NVRM: Xid (PCI:0000:3b:00): 79, {mark}\n");

        var errors = new List<(XidLine Error, DateTimeOffset Time)>();
        await Eventually.True(() => seen.Count == 8, "the kernel has them");
        await Task.Delay(500);
        log.Take(errors);
        Assert.That(log.Trouble, Is.Null);
        Assert.That(errors, Is.Empty);
        Assert.That(seen.Select(PriorityOf), Is.All.GreaterThanOrEqualTo(8));
    }

    private static int PriorityOf(string record) => int.Parse(record[..record.IndexOf(',')], CultureInfo.InvariantCulture);

    private static bool CanWrite()
    {
        try
        {
            using var device = new FileStream(Device, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // The read behind the last record waits for as long as the process lives.
    private static ConcurrentQueue<string> Watch(string mark)
    {
        var seen = new ConcurrentQueue<string>();
        new Thread(() =>
        {
            using var device = new FileStream(Device, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            var bytes = new byte[16 << 10];
            while (device.Read(bytes) is > 0 and var read)
            {
                var line = Encoding.UTF8.GetString(bytes, 0, read);
                if (line.Contains(mark, StringComparison.Ordinal)) seen.Enqueue(line);
            }
        }) { IsBackground = true }.Start();
        return seen;
    }
}
