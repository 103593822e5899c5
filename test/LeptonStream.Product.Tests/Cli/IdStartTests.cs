using LeptonStream.Cli.CommandLine;
using LeptonStream.Output;
using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Cli;

/// <summary>Ids as people write them.</summary>
public sealed class IdStartTests
{
    private static readonly string[] Ids = ["0198c0de5a0b7c4e", "0198c0de5a0b7d11", "ffffffffffff0000", "0198c0"];

    [TestCase("ffffff", "ffffffffffff0000")]
    [TestCase("0198c0de5a0b7d", "0198c0de5a0b7d11")]
    [TestCase("0198c0", "0198c0", Description = "A whole id that is the beginning of others is itself.")]
    public void Only_OneThatBeginsSo_IsIt(string start, string id) => Assert.That(IdStart.Only("alert", start, Ids), Is.EqualTo(id));

    [TestCase("", "too short")]
    [TestCase("f", "too short")]
    [TestCase("fffff", "too short")]
    [TestCase("nobody", "no alert has an id that begins with 'nobody'")]
    [TestCase("0198c0de", "several alerts have ids that begin with '0198c0de'")]
    public void Only_ShortUnknownOrShared_IsWrongUsage(string start, string why) =>
        Assert.That(() => IdStart.Only("alert", start, Ids), Throws.TypeOf<WrongUsageException>().With.Message.Contains(why));

    [Test]
    public void LengthThatDiffers_TellsAnyIdsApart([Values(1, 2, 30)] int count, [Range(1, 20)] int seed)
    {
        var random = new Random(seed);
        string[] ids = [.. Enumerable.Range(0, count).Select(_ => $"0198c0de5a0b7{random.Next(1 << 24):x6}"[..19])];

        var length = IdStart.LengthThatDiffers(ids);

        Assert.That(length, Is.AtLeast(ShortId.Shown));
        Assert.That(ids.Distinct().Select(id => ShortId.Of(id, length)), Is.Unique);
    }

    // Whoever reads one list may use its ids with every command.
    [TestCase("ack")]
    [TestCase("assign")]
    [TestCase("note")]
    [TestCase("close")]
    [TestCase("verdict")]
    [TestCase("silence expire")]
    [TestCase("outbox retry")]
    [TestCase("outbox drop")]
    [TestCase("actions approve")]
    [TestCase("actions reject")]
    [TestCase("config explain")]
    [TestCase("receivers preview")]
    public async Task Help_OfEveryCommandThatTakesIds_SaysThatTheBeginningIsEnough(string command)
    {
        var result = await LeptonProcess.Run([.. command.Split(' '), "--help"]);

        Assert.That(result.Output, Does.Contain("beginning"));
    }
}
