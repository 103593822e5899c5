using System.Globalization;
using LeptonStream.Backtest;
using LeptonStream.Detection;
using LeptonStream.Simulator;

namespace LeptonStream.Product.Tests.Simulator;

/// <summary>
/// A yardstick for eng/sensitivity.sh: what the constant that LEPTON_SET names (<c>Name=value</c>) does to two stories of the simulated
/// fleet. LEPTON_FIGURES names the file that takes the figures.
/// </summary>
[Explicit("a yardstick for tuning; it sets a constant for the whole process")]
internal sealed class TuningYardstickTests
{
    private static readonly int[] Seeds = [1, 2];

    [Test]
    public void Stories_WithOneConstantOfAnotherValue_TellOfLimitsAndPeers()
    {
        if (Environment.GetEnvironmentVariable("LEPTON_SET") is { Length: > 0 } assignment)
            Assert.That(new TuningCatalog(typeof(DetectionPolicy).Assembly).Set(assignment), Is.Null);
        Verdicts[] stories = [.. Seeds.Select(seed => new Rehearsal(new Story { Seed = seed }).Verdicts)];
        var lines = new[]
        {
            $"early-warning {Found(stories, FaultKind.KvCacheLeak)};{Wrong(stories, "early-warning")}",
            $"peers {Found(stories, FaultKind.ThermalThrottling)};{stories.Sum(story => story.FalseAlerts.Count)}",
        };
        foreach (var line in lines) TestContext.Out.WriteLine(line);
        if (Environment.GetEnvironmentVariable("LEPTON_FIGURES") is { Length: > 0 } file) File.WriteAllLines(file, lines);
        Assert.That(stories.Select(story => story.Faults.Count), Is.All.EqualTo(12));
    }

    // How many of the stories' faults of a kind were found, and after how many samples on average.
    private static string Found(Verdicts[] stories, FaultKind kind)
    {
        int[] delays = [.. stories.SelectMany(story => story.Faults).Where(fault => fault.Fault.Kind == kind && fault.Found)
            .Select(fault => fault.DelaySamples!.Value)];
        var average = delays.Length == 0 ? "–" : delays.Average().ToString("0.#", CultureInfo.InvariantCulture);
        return $"{delays.Length};{average}";
    }

    private static int Wrong(Verdicts[] stories, string detector) =>
        stories.Sum(story => story.FalseAlerts.Count(alert => alert.Detector == detector));
}
