using LeptonStream.Detector;

namespace LeptonStream.Roles.Tests.Detector;

public sealed class FailpointsTests
{
    [TestCase("after-acks", Failpoint.AfterAcks, 1)]
    [TestCase("mid-restore:12", Failpoint.MidRestore, 12)]
    public void Parse_APoint_IsThatPointAtItsPassing(string text, object point, int passing)
    {
        var parsed = Failpoints.Parse(text, out var refusal)!;

        Assert.That((parsed.At, parsed.Passing, refusal), Is.EqualTo(((Failpoint)point, passing, (string?)null)));
    }

    [TestCase(null)]
    [TestCase("")]
    public void Parse_Nothing_IsNoPoint(string? text)
    {
        Assert.That(Failpoints.Parse(text, out var refusal), Is.Null);
        Assert.That(refusal, Is.Null);
    }

    [TestCase("after-ack")]
    [TestCase("after-acks:0")]
    [TestCase("after-acks:-1")]
    [TestCase("after-acks:")]
    [TestCase("after-acks:1:2")]
    [TestCase(":1")]
    public void Parse_AnythingElse_IsRefusedWithTheNames(string text)
    {
        Assert.That(Failpoints.Parse(text, out var refusal), Is.Null);
        Assert.That(refusal, Does.StartWith($"LEPTON_FAILPOINT is '{text}': ").And.EndsWith(string.Join(", ", Failpoints.Names)));
    }

    [Test]
    public void Names_AreOneForEachPoint() =>
        Assert.That(Failpoints.Names, Is.Unique.And.Exactly(Enum.GetValues<Failpoint>().Length).Items);
}
