using LeptonStream.Alerting;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Series;
using LeptonStream.Simulator;

namespace LeptonStream.Product.Tests.Simulator;

/// <summary>
/// A yardstick: what the level <c>peers</c> changes on the simulated fleet, on ranks, on GPUs and on both. Prints what docs/accuracy.md
/// says of it.
/// </summary>
[Explicit("a yardstick for tuning: minutes"), Parallelizable(ParallelScope.Children)]
internal sealed class FleetPeersTests
{
    private static readonly string[] Everywhere = ["nothing", "step_time_s", "DCGM_FI_DEV_GPU_TEMP", "DCGM_.*", "step_time_s|DCGM_.*"];

    [Test]
    public void Story_ThirtyDaysWithoutFaults_CountsFalseAlerts(
        [ValueSource(nameof(Everywhere))] string metrics, [Values(1, 2, 3)] int seed)
    {
        var story = new Story { Seed = seed, Duration = TimeSpan.FromDays(30), WithFaults = false };
        var rehearsal = new Rehearsal(story, With(metrics));
        rehearsal.Print();
        var modelDays = rehearsal.Models * story.Duration.TotalDays;
        TestContext.Out.WriteLine($"{metrics} seed {seed}: {rehearsal.Verdicts.FalseAlerts.Count} false alerts in {modelDays} model-days");
        Assert.That(rehearsal.Samples, Is.Positive);
    }

    [Test]
    public void Story_WithFaults_TellsHowSoonEachIsFound([ValueSource(nameof(Everywhere))] string metrics, [Values(1, 2, 3)] int seed)
    {
        var rehearsal = new Rehearsal(new Story { Seed = seed }, With(metrics));
        rehearsal.Print();
        Assert.That(rehearsal.Verdicts.Faults.Count(f => f.Found), Is.GreaterThanOrEqualTo(10));
    }

    private static PolicySet With(string metrics)
    {
        var compared = new PolicyRule([Matcher.Of("metric", MatchOperator.Matches, metrics)], new()
            { Detectors = DetectorChange.Replace(DetectorSet.Default.With(DetectorSet.Of([DetectorSet.Peers]))) });
        return new([compared, new([], new() { Detectors = DetectorChange.Replace(DetectorSet.Default) })], PolicySettings.None,
            PresetCatalog.Default);
    }
}
