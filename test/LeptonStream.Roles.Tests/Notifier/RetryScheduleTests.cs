using LeptonStream.Notifier.Outbox;

namespace LeptonStream.Roles.Tests.Notifier;

public sealed class RetryScheduleTests
{
    [TestCase(1, 0, 1)]
    [TestCase(1, 1, 0.5)]
    [TestCase(2, 0, 2)]
    [TestCase(5, 0, 16)]
    [TestCase(10, 0, 512)]
    [TestCase(11, 0, 900)]
    [TestCase(1_000_000, 1, 450)]
    public void After_Attempts_DoublesUpToAQuarterOfAnHour(int attempts, double random, double seconds) =>
        Assert.That(RetrySchedule.After(attempts, random).TotalSeconds, Is.EqualTo(seconds));

    [Test]
    public void Asked_MoreThanADay_IsADay() => Assert.That(RetrySchedule.Asked(TimeSpan.FromDays(400)), Is.EqualTo(TimeSpan.FromDays(1)));
}
