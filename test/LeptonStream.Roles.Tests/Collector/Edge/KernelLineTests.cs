using LeptonStream.Collector.Edge.Host;

namespace LeptonStream.Roles.Tests.Collector.Edge;

public sealed class KernelLineTests
{
    // The forms of drivers since 2014: with and without the bus, with processes named, quoted or unknown.
    [TestCase("NVRM: Xid (PCI:0000:3b:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.", "Gpu 0000:3b:00 79")]
    [TestCase("NVRM: Xid (PCI:0000:3B:00): 79, pid=1234, GPU has fallen off the bus.", "Gpu 0000:3b:00 79")]
    [TestCase("NVRM: Xid (PCI:0000:b4:00): 31, pid=3091, name=python3, Ch 00000008, MMU Fault", "Gpu 0000:b4:00 31")]
    [TestCase("NVRM: Xid (PCI:0000:01:00): 13, Graphics SM Warp Exception on (GPC 0): Out Of Range", "Gpu 0000:01:00 13")]
    [TestCase("NVRM: Xid (0000:03:00): 6, PE0001", "Gpu 0000:03:00 6")]
    [TestCase("NVRM: Xid (PCI:0008:01:00): 145, RLW_REMAP, Nonfatal, Link -1 (0x00000000 0x00000000)", "Gpu 0008:01:00 145")]
    [TestCase("NVRM: Xid (PCI:00000000:3B:00.0): 48", "Gpu 0000:3b:00 48")]
    [TestCase("nvidia-nvswitch3: SXid (PCI:0000:c1:00.0): 28006, Non-fatal, Link 46 MC TS MCTO (First)", "Switch 0000:c1:00 28006")]
    [TestCase("nvidia-nvswitch0: SXid (PCI:0000:05:00.0): 12028, Fatal, Link 32 egress PRIV error (First)", "Switch 0000:05:00 12028")]

    // None of these is an error of a device.
    [TestCase("NVRM: GPU at PCI:0000:3b:00: GPU-4f6cf4a5", null)]
    [TestCase("NVRM: Xid (PCI:0000:3b:00): ", null)]
    [TestCase("NVRM: Xid (PCI:0000:3b:00): -79, x", null)]
    [TestCase("NVRM: Xid (PCI:0000:3b:00): 79x", null)]
    [TestCase("NVRM: Xid (PCI:0000:3b:00): 999999999999", null)]
    [TestCase("NVRM: Xid (PCI:0000:3b:00): 0", null)]
    [TestCase("NVRM: Xid (PCI:0000:3b:00:00): 79", null)]
    [TestCase("NVRM: Xid (PCI:zzzz:3b:00): 79", null)]
    [TestCase("NVRM: Xid (PCI:\"}{\"model\":\"x\"): 79", null)]
    [TestCase("NVRM: Xid (PCI:0000:3b:00", null)]
    [TestCase("nvidia-nvswitch: SXid (PCI:0000:c1:00.0): 1", null)]
    [TestCase("nvidia-nvswitch99999: SXid (PCI:0000:c1:00.0): 1", null)]
    [TestCase("process NVRM: Xid (PCI:0000:3b:00): 79, died", null)]
    [TestCase("audit: comm=\"NVRM: Xid (PCI:0000:3b:00): 79\"", null)]
    [TestCase("", null)]
    public void TryRead_OfAMessage_KnowsTheDriversForms(string message, string? expected) =>
        Assert.That(XidLine.TryRead(message, out var error) ? $"{error.Kind} {error.Pci} {error.Code}" : null, Is.EqualTo(expected));

    [TestCase("4,1234,5678901,-;NVRM: Xid (PCI:0000:3b:00): 79, x\n SUBSYSTEM=pci", "00:00:05.6789010 NVRM: Xid (PCI:0000:3b:00): 79, x")]
    [TestCase("6,1,0,-,caller=T1;hello", "00:00:00 hello")]

    // What a program writes to the device has the facility of programs.
    [TestCase("12,1234,5678901,-;NVRM: Xid (PCI:0000:3b:00): 79, x", null)]
    [TestCase("4,1234;x", null)]
    [TestCase("4,1234,-5,-;x", null)]
    [TestCase("no record", null)]
    public void TryReadRecord_OfTheDevice_TakesRecordsOfTheKernelAlone(string record, string? expected) =>
        Assert.That(KernelLine.TryReadRecord(record, out var time, out var message) ? $"{time} {message}" : null, Is.EqualTo(expected));

    [TestCase("Nov 30 12:00:00 gpu-7 kernel: [ 5678.901234] NVRM: Xid (PCI:0000:3b:00): 79, x", "NVRM: Xid (PCI:0000:3b:00): 79, x")]
    [TestCase("2026-11-30T12:00:00.123456+00:00 gpu-7 kernel: NVRM: Xid (PCI:0000:3b:00): 79, x", "NVRM: Xid (PCI:0000:3b:00): 79, x")]
    [TestCase("Nov 30 12:00:00 gpu-7 kernel: [x] NVRM: Xid (PCI:0000:3b:00): 79, x", null)]
    [TestCase("Nov 30 12:00:00 gpu-7 app[12]: x kernel: NVRM: Xid (PCI:0000:3b:00): 79, x", null)]
    [TestCase("Nov 30 12:00:00 gpu-7 sshd[9]: Invalid user kernel: NVRM: Xid (PCI:0000:3b:00): 79", null)]
    [TestCase("kernel: NVRM", null)]
    [TestCase("", null)]
    public void TryReadLine_OfAFile_TakesLinesOfTheKernelAlone(string line, string? expected) =>
        Assert.That(KernelLine.TryReadLine(line, out var message) ? message.ToString() : null, Is.EqualTo(expected));

    [Test]
    public void TryRead_OfAnyBytes_NeverThrows()
    {
        var random = new Random(3);
        const string Parts = "NVRM: Xid (PCI:0000:3b:00): 79, nvidia-nvswitch0: SXid kernel: [1.0] 4,1,2,-;\n";
        for (var i = 0; i < 100_000; i++)
        {
            var text = new char[random.Next(60)];
            for (var at = 0; at < text.Length; at++)
                text[at] = random.Next(4) == 0 ? (char)random.Next(0x300) : Parts[(at + random.Next(3)) % Parts.Length];
            KernelLine.TryReadLine(text, out _);
            KernelLine.TryReadRecord(text, out _, out _);
            if (XidLine.TryRead(text, out var error)) Assert.That(error.Code, Is.InRange(1, 99_999));
        }
    }
}
