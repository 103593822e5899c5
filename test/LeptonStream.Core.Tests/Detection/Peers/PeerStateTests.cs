using LeptonStream.Detection.Peers;
using LeptonStream.Series;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection.Peers;

public sealed class PeerStateTests
{
    [TestCase(0)]
    [TestCase(45)]
    [TestCase(203)]
    public void Load_AtAnyCut_GoesOnBitEqual(int cut)
    {
        var whole = new Ranks(count: 6, seed: 13);
        whole.Run(cut);
        whole.RunOne(from: 0, to: 2, shift: 0);
        var copy = whole.Restored();
        for (var i = 0; i < 100; i++) Assert.That(copy.Run(1, odd: 1, by: i), Is.EqualTo(whole.Run(1, odd: 1, by: i)));
    }

    [Test]
    public void Load_OfOtherBytes_IsRefused()
    {
        var state = new StateWriter();
        new PeerRegistry().Join(Ranks.Key(("rank", "0"))).Save(state);
        var bytes = state.Written.ToArray();
        Assert.That(() => Load(Ranks.Key(("rank", "0"), ("gpu", "1")), bytes), Throws.TypeOf<SnapshotCorruptException>());
        bytes[^1] ^= 1;
        Assert.That(() => Load(Ranks.Key(("rank", "0")), bytes), Throws.TypeOf<SnapshotCorruptException>());
    }

    [Test]
    public void Observe_InSteadyState_AllocatesNothing()
    {
        var ranks = new Ranks(count: 16, seed: 15);
        ranks.Run(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) ranks.Touch(100 + i);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private static void Load(SeriesKey key, byte[] bytes)
    {
        var reader = new StateReader(bytes);
        new PeerRegistry().Join(key).Load(ref reader);
    }
}
