using LeptonStream.Simulator;

namespace LeptonStream.Product.Tests.Simulator;

/// <summary>What is promised of the default configuration on the simulated fleet.</summary>
[Category("Slow"), Parallelizable(ParallelScope.Children)]
internal sealed class FleetPromiseTests
{
    private const double MostFalseAlertsAModelDay = 0.1;

    [Test]
    public void Story_ThirtyDaysWithoutFaults_HasAtMostOneFalseAlertInTenModelDays([Values(1, 2, 3)] int seed)
    {
        var story = new Story { Seed = seed, Duration = TimeSpan.FromDays(30), WithFaults = false };
        var rehearsal = new Rehearsal(story);
        rehearsal.Print();
        var modelDays = rehearsal.Models * story.Duration.TotalDays;
        var falseAlerts = rehearsal.Verdicts.FalseAlerts.Count;
        TestContext.Out.WriteLine($"{falseAlerts} false alerts in {modelDays} model-days: {falseAlerts / modelDays:F3}");
        Assert.That(falseAlerts / modelDays, Is.LessThanOrEqualTo(MostFalseAlertsAModelDay));
    }

    [Test]
    public void Story_WithFaults_FindsAllTwelve()
    {
        var rehearsal = new Rehearsal(new Story());
        rehearsal.Print();
        Assert.That(rehearsal.Verdicts.Faults, Has.Count.EqualTo(12));
        Assert.That(rehearsal.Verdicts.Open, Is.Positive, "something to look at when the story ends");
        Assert.That(rehearsal.Verdicts.Faults.Where(f => !f.Found).Select(f => f.Fault.Name), Is.Empty, "faults that nobody was told of");
    }
}
