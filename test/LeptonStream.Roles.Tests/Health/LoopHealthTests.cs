using LeptonStream.Health;
using Microsoft.Extensions.Time.Testing;

namespace LeptonStream.Roles.Tests.Health;

public sealed class LoopHealthTests
{
    private readonly FakeTimeProvider _clock = new();

    [Test]
    public void Ready_SeveralProblems_NamesEachUntilItIsCleared()
    {
        var health = new LoopHealth("detector", TimeSpan.FromMinutes(1), _clock);
        health.ReportProblem(Concern.Round, "the journal fails");
        health.ReportProblem(Concern.Input, "no topic");
        health.ClearProblem(Concern.Start);
        Assert.That(health.Ready(), Is.EqualTo(HealthReport.Unhealthy("no topic; the journal fails")));

        health.ClearProblem(Concern.Input);
        Assert.That(health.Ready(), Is.EqualTo(HealthReport.Unhealthy("the journal fails")));

        health.ClearProblem(Concern.Round);
        Assert.That(health.Ready().IsHealthy, Is.True);
    }

    [Test]
    public void Ready_DegradedOrOnStandby_IsHealthyAndSaysSo()
    {
        var health = new LoopHealth("detector", TimeSpan.FromMinutes(1), _clock);
        health.ClearProblem(Concern.Start);
        health.SetNote("standby: no partitions");
        health.SetDegraded(Concern.Settings, "the file is refused");
        Assert.That(health.Ready(),
            Is.EqualTo(HealthReport.Healthy("ready; standby: no partitions; degraded: the file is refused")));
        Assert.That(health.Problems.Select(problem => problem.Text), Is.EqualTo(new[] { "the file is refused" }), "others are to know");

        health.ReportProblem(Concern.Input, "no topic");
        Assert.That(health.Ready(), Is.EqualTo(HealthReport.Unhealthy("no topic")));

        health.ClearProblem(Concern.Input);
        health.SetNote(null);
        health.SetDegraded(Concern.Settings, null);
        Assert.That(health.Ready(), Is.EqualTo(HealthReport.Healthy("ready")));
    }

    [Test]
    public void Ready_BeforeTheRoleHasStarted_IsUnhealthy() =>
        Assert.That(new LoopHealth("detector", TimeSpan.FromMinutes(1), _clock).Ready(), Is.EqualTo(HealthReport.Unhealthy("starting")));

    [Test]
    public void Live_NoIterationForLongerThanThePatience_IsUnhealthyUntilTheNext()
    {
        var health = new LoopHealth("detector", TimeSpan.FromMinutes(1), _clock);
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.That(health.Live().IsHealthy, Is.True);

        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.That(health.Live(), Is.EqualTo(HealthReport.Unhealthy("main loop has not completed an iteration for 61 s")));

        health.Heartbeat();
        Assert.That(health.Live().IsHealthy, Is.True);
    }
}
