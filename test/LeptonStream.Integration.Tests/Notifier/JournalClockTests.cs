using LeptonStream.Dashboard.Alerts;
using LeptonStream.Health;
using LeptonStream.Notifier;
using LeptonStream.Storage;
using LeptonStream.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>A notifier whose clock differs from the database's says so, and does not call itself dead by it.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class JournalClockTests
{
    [TestCase(0, null)]
    [TestCase(-20, null)]
    [TestCase(120, "degraded: the clock of this host is 120 s ahead of the database's")]
    [TestCase(-300, "degraded: the clock of this host is 300 s behind the database's")]
    public async Task Check_AClockThatIsAheadOrBehind_IsSaidBeyondHalfAMinuteUntilItIsSet(int ahead, string? words)
    {
        await using var test = await TestDatabase.CreateWithSchema(DatabaseKind.PostgreSql);
        var time = new SkewedClock(TimeSpan.FromSeconds(ahead));
        var health = Health();
        var clock = ClockOf(test.Database, health, time);

        await clock.Check(CancellationToken.None);
        Assert.That(health.Ready().IsHealthy, "it works all the same");
        Assert.That(health.Ready().Detail, words is null ? Is.EqualTo("ready") : Does.Contain(words));
        Assert.That(clock.Now, Is.EqualTo(DateTimeOffset.UtcNow).Within(TimeSpan.FromSeconds(10)), "the time by the database's clock");

        var sound = Health();
        await ClockOf(test.Database, sound, TimeProvider.System).Check(CancellationToken.None);
        Assert.That(sound.Ready().Detail, Is.EqualTo("ready"));
    }

    [Test]
    public async Task Check_AFile_HasNoClockOfItsOwn()
    {
        await using var test = await TestDatabase.CreateWithSchema(DatabaseKind.Sqlite);
        var health = Health();
        await ClockOf(test.Database, health, new SkewedClock(TimeSpan.FromHours(1))).Check(CancellationToken.None);
        Assert.That(health.Ready().Detail, Is.EqualTo("ready"));
    }

    // A dashboard, or a person's command, on a host whose clock is off.
    [TestCase(-2)]
    [TestCase(2)]
    public async Task Roles_ReadByAHostWhoseClockIsDaysOff_LiveAndDieByTheDatabasesClock(int days)
    {
        await using var test = await TestDatabase.CreateWithSchema(DatabaseKind.PostgreSql);
        await RoleStatus.Write(test.Database, RoleNames.Notifier, "here", [], DateTimeOffset.UtcNow, CancellationToken.None);
        var queries = new AlertQueries(test.Database, new SkewedClock(TimeSpan.FromDays(days)));

        var (roles, now) = await queries.RolesAsync(CancellationToken.None);
        Assert.That(RoleStatus.ProblemsOf(roles, now), Is.Empty);
        Assert.That(RoleStatus.ProblemsOf(roles, now + TimeSpan.FromMinutes(1)).Single().Code, Is.EqualTo("role_dead"));
    }

    private static LoopHealth Health()
    {
        var health = new LoopHealth(RoleNames.Notifier, TimeSpan.FromMinutes(10), TimeProvider.System);
        health.ClearProblem(Concern.Start);
        return health;
    }

    private static JournalClock ClockOf(Database database, LoopHealth health, TimeProvider time)
    {
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
        return new(database, health, ActivatorUtilities.CreateInstance<NotifierMetrics>(meters), time, NullLogger<JournalClock>.Instance);
    }

    private sealed class SkewedClock(TimeSpan ahead) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
    }
}
