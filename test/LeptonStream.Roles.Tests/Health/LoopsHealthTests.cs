using LeptonStream.Health;
using Microsoft.Extensions.Time.Testing;

namespace LeptonStream.Roles.Tests.Health;

public sealed class LoopsHealthTests
{
    private readonly FakeTimeProvider _clock = new();
    private LoopsHealth _health = null!;

    [SetUp]
    public void Begin()
    {
        _health = new("detector", 2, TimeSpan.FromMinutes(1), _clock);
        foreach (var loop in _health.Loops) loop.ClearProblem(Concern.Start);
    }

    [Test]
    public void Ready_AProblemOfTheSecondLoop_IsTheRolesAndNamesTheLoop()
    {
        _health.Loops[1].ReportProblem(Concern.Round, "lepton.alerts refuses");
        Assert.That(_health.Ready(), Is.EqualTo(HealthReport.Unhealthy("loop 2: lepton.alerts refuses")));

        _health.Loops[1].ClearProblem(Concern.Round);
        Assert.That(_health.Ready(), Is.EqualTo(HealthReport.Healthy("ready")));
    }

    [Test]
    public void Ready_AProblemOfAllLoops_IsThereOnce()
    {
        foreach (var loop in _health.Loops) loop.ReportProblem(Concern.Input, "no topic");
        _health.Loops[0].ReportProblem(Concern.Round, "lepton.alerts refuses");
        Assert.That(_health.Ready(), Is.EqualTo(HealthReport.Unhealthy("no topic; loop 1: lepton.alerts refuses")));
    }

    [Test]
    public void Ready_OneLoopOnStandbyOrAllDegraded_IsHealthyAndSaysSo()
    {
        _health.Loops[1].SetNote("standby: no partitions");
        foreach (var loop in _health.Loops) loop.SetDegraded(Concern.Settings, "the file is refused");
        Assert.That(_health.Ready(),
            Is.EqualTo(HealthReport.Healthy("ready; degraded: the file is refused; loop 2: standby: no partitions")));
    }

    [Test]
    public void Live_OneLoopStandsStill_IsUnhealthyThoughTheOtherGoesOn()
    {
        _clock.Advance(TimeSpan.FromSeconds(61));
        _health.Loops[0].Heartbeat();
        Assert.That(_health.Live(),
            Is.EqualTo(HealthReport.Unhealthy("loop 2: main loop has not completed an iteration for 61 s")));

        _health.Loops[1].Heartbeat();
        Assert.That(_health.Live(), Is.EqualTo(HealthReport.Healthy("main loop is running")));
    }
}
