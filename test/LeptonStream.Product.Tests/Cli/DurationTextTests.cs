using LeptonStream.Cli.Terminal;

namespace LeptonStream.Product.Tests.Cli;

internal sealed class DurationTextTests
{
    [TestCase("90", 90)]
    [TestCase("90s", 90)]
    [TestCase(" 2m ", 120)]
    [TestCase("1.5h", 5400)]
    [TestCase("2D", 172_800)]
    public void Read_Length_GivesIt(string text, double seconds) =>
        Assert.That(DurationText.Read(text)!.Value.TotalSeconds, Is.EqualTo(seconds));

    [TestCase("")]
    [TestCase("m")]
    [TestCase("-5s")]
    [TestCase("1h30m")]
    [TestCase("NaN")]
    [TestCase("9e99")]
    [TestCase("99999999999999d")]
    public void Read_Anything_Else_GivesNull(string text) => Assert.That(DurationText.Read(text), Is.Null);

    [TestCase(0, "0 s")]
    [TestCase(12.34, "12.3 s")]
    [TestCase(195, "3 min 15 s")]
    [TestCase(7200, "2 h")]
    [TestCase(100_800, "1 d 4 h")]
    [TestCase(-60, "-1 min")]
    public void Write_Length_TakesTheTwoLargestUnits(double seconds, string text) =>
        Assert.That(DurationText.Write(TimeSpan.FromSeconds(seconds)), Is.EqualTo(text));
}
