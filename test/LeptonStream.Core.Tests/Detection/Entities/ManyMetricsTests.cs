using LeptonStream.Alerts;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detection.Entities;

/// <summary>An entity with more metrics than its rows have places.</summary>
public sealed class ManyMetricsTests
{
    // The run's own metric comes last, and some messages lack it and the step.
    [TestCase(10)]
    [TestCase(70)]
    public void Process_ARunWithManyMetrics_IsWatchedThoughOthersComeFirst(int others)
    {
        var driver = new PipelineTestDriver();
        for (var step = 0; step < 300; step++)
        {
            Send(step, others, FormattableString.Invariant($",\"loss\":{2 + (Math.Sin(step) / 10)}"));
            if (step % 10 == 0) Send(null, others, "");
        }

        for (var seconds = 1; seconds < 1800; seconds += 2) driver.Pipeline.Tick(TimeSpan.FromSeconds(seconds), driver.Events);
        var dead = driver.Events.FindAll(e => e is { Metric: "run", Type: AlertEventType.Opened });
        Assert.That(dead.Select(e => e.Detectors[0].Name), Is.EqualTo(new[] { "run-dead" }));

        void Send(int? step, int count, string own)
        {
            driver.Now += TimeSpan.FromSeconds(5);
            var metrics = string.Join(',', Enumerable.Range(0, count).Select(i => FormattableString.Invariant($"\"a{i}\":{i}")));
            var field = step is { } number ? $"\"step\":{number}," : "";
            var text = $$"""{"model":"run","ts":"{{driver.Now}}",{{field}}"metrics":{ {{metrics}}{{own}} } }""";
            Assert.That(driver.Send(text).IsAccepted);
        }
    }
}
