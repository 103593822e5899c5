using LeptonStream.Alerts;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detection;

/// <summary>Producers whose clocks run ahead of the log: for one sample, or for good.</summary>
public sealed class ClockSkewTests
{
    private PipelineTestDriver _driver = null!;

    [SetUp]
    public void Begin() => _driver = new();

    [Test]
    public void Process_OneTimeFarAhead_CostsNoSampleThatFollows([Values(11, 60, 480, 600)] int aheadSeconds)
    {
        for (var i = 0; i < 300; i++) Send(i, ahead: 0);
        Send(300, aheadSeconds);
        var before = _driver.Judged.Count;
        for (var i = 301; i < 341; i++) Send(i, ahead: 0);

        Assert.That(_driver.Judged, Has.Count.EqualTo(before + 40));
        Assert.That((_driver.Events.Count, _driver.Pipeline.TimesSetBack), Is.EqualTo((0, 1L)));
    }

    [Test]
    public void Process_AClockThatIsAheadForGoodAndThenSetRight_IsWatchedAllTheTime([Values(5, 180, 590)] int aheadSeconds)
    {
        for (var i = 0; i < 300; i++) Send(i, aheadSeconds);
        for (var i = 300; i < 310; i++) Send(i, aheadSeconds, value: 400);
        var opened = _driver.Events.First(e => e.Type == AlertEventType.Opened);
        Assert.That(opened.DetectedAt - _driver.Now, Is.LessThanOrEqualTo(FormatLimits.Default.Skew));
        var before = _driver.Judged.Count;
        for (var i = 310; i < 350; i++) Send(i, ahead: 0);

        Assert.That(_driver.Judged, Has.Count.EqualTo(before + 40));
        Assert.That(_driver.Events.Any(e => e.Type == AlertEventType.Resolved), Is.True, "the trouble is over");
        Assert.That(_driver.Pipeline.RefusedSamples(SampleRefusal.OutOfOrder), Is.Zero);
    }

    [Test]
    public void Process_AClockThatIsASecondAhead_IsBelieved()
    {
        Send(0, ahead: 1);
        Assert.That(_driver.Judged.Single().Sample.Time, Is.EqualTo(_driver.Now + TimeSpan.FromSeconds(1)));
        Assert.That(_driver.Pipeline.TimesSetBack, Is.Zero);
    }

    private void Send(int i, int ahead, double? value = null)
    {
        _driver.Now += TimeSpan.FromSeconds(15);
        var time = _driver.Now + TimeSpan.FromSeconds(ahead);
        var outcome = _driver.Send(FormattableString.Invariant(
            $$$"""{"model":"llama","ts":"{{{time}}}","metrics":{"ttft_p99_ms":{{{value ?? Ordinary(i)}}} } }"""));
        Assert.That(outcome.IsAccepted, Is.True, outcome.Detail);
    }

    private static double Ordinary(int i) => 200 + (i * 37 % 11);
}
