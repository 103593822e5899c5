using LeptonStream.Output;

namespace LeptonStream.Product.Tests.Cli;

internal sealed class ElapsedTextTests
{
    [TestCase(0, "0 s")]
    [TestCase(12.34, "12.3 s")]
    [TestCase(195, "3 min 15 s")]
    [TestCase(7200, "2 h")]
    [TestCase(100_800, "1 d 4 h")]
    [TestCase(-60, "-1 min")]
    public void Of_Length_TakesTheTwoLargestUnits(double seconds, string text) =>
        Assert.That(ElapsedText.Of(TimeSpan.FromSeconds(seconds)), Is.EqualTo(text));
}
