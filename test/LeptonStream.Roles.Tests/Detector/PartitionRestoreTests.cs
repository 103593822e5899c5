using LeptonStream.Detector.Snapshots;

namespace LeptonStream.Roles.Tests.Detector;

[Parallelizable]
public sealed class PartitionRestoreTests
{
    [TestCase(0, 0)]
    [TestCase(0, 1)]
    [TestCase(0, 64)]
    [TestCase(0, 65)]
    [TestCase(1_000, 1_063)]
    [TestCase(7, 1_000_000)]
    public void Backwards_AnyLog_IsReadOnceAndInPartsThatDouble(long low, long high)
    {
        var to = high;
        foreach (var part in PartitionRestore.Backwards((low, high)))
        {
            Assert.That(part.To, Is.EqualTo(to));
            Assert.That(part.To - part.From, Is.InRange(1, Math.Max(64, high - part.To)), "no longer than all behind it");
            to = part.From;
        }

        Assert.That(to, Is.EqualTo(low));
    }
}
