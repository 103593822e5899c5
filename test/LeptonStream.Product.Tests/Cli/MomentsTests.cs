using LeptonStream.Cli.Status;

namespace LeptonStream.Product.Tests.Cli;

internal sealed class MomentsTests
{
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 10, 0, 0, TimeSpan.Zero);

    [TestCase(-90, "1 min 30 s ago (2026-12-01 09:58:30 UTC)")]
    [TestCase(6, "0 s ago (2026-12-01 10:00:06 UTC)", Description = "reported while somebody looked, or by a clock that is ahead")]
    public void Of_ATime_IsNeverYetToCome(double seconds, string text) =>
        Assert.That(Moments.Of(Now.AddSeconds(seconds), Now), Is.EqualTo(text));
}
