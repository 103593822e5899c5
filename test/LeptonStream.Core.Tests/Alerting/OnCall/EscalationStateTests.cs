using LeptonStream.Alerting.OnCall;
using LeptonStream.Samples;
using LeptonStream.Testing;

namespace LeptonStream.Core.Tests.Alerting.OnCall;

/// <summary>The steps of an escalation in time: after 60 s and after 180 s.</summary>
public sealed class EscalationStateTests
{
    private static readonly TimeSpan[] After = [TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(180)];

    [Test]
    public void Advance_NobodyAcknowledges_TakesEachStepOnce() =>
        Assert.That(Steps(_ => null), Is.EqualTo(new[] { "60: 0", "180: 1" }));

    [Test]
    public void Advance_Acknowledged_Stops() =>
        Assert.That(Steps(at => at >= 100 ? new Acknowledgement(null) : null), Is.EqualTo(new[] { "60: 0" }));

    [Test]
    public void Advance_AcknowledgementIsWithdrawn_BeginsAgain() =>
        Assert.That(Steps(at => at is >= 100 and < 300 ? new Acknowledgement(null) : null),
            Is.EqualTo(new[] { "60: 0", "360: 0", "480: 1" }));

    [Test]
    public void Advance_AsksAgain_BeginsAgainAtThatTime() =>
        Assert.That(Steps(at => at >= 100 ? new Acknowledgement(AlertEvents.At(400)) : null),
            Is.EqualTo(new[] { "60: 0", "460: 0", "580: 1" }));

    [Test]
    public void Advance_AsksAgainAfterTheLastStep_BeginsAgain() =>
        Assert.That(Steps(at => at >= 300 ? new Acknowledgement(AlertEvents.At(400)) : null),
            Is.EqualTo(new[] { "60: 0", "180: 1", "460: 0", "580: 1" }));

    [Test]
    public void Advance_NotifierWasAway_TakesOneStepAtATime()
    {
        var (first, one) = EscalationState.StartedNow(AlertEvents.At(0)).Advance(After, null, AlertEvents.At(1000));
        var (second, two) = first.Advance(After, null, AlertEvents.At(1000));
        var (_, none) = second.Advance(After, null, AlertEvents.At(1000));

        Assert.That((one, two, none), Is.EqualTo(((int?)0, (int?)1, (int?)null)));
        Assert.That(second.DueAt(After), Is.Null);
    }

    private static List<string> Steps(Func<double, Acknowledgement?> acknowledged)
    {
        var state = EscalationState.StartedNow(AlertEvents.At(0));
        var steps = new List<string>();
        for (var at = 0; at <= 1000; at += 10)
        {
            (state, var step) = state.Advance(After, acknowledged(at), AlertEvents.At(at));
            if (step is { } number) steps.Add($"{at}: {number}");
        }

        return steps;
    }
}
