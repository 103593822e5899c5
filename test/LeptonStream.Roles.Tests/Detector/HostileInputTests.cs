using System.Text;
using LeptonStream.Samples;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Detector;

/// <summary>Point by point what bad input may do to the worker: nothing.</summary>
[TestFixture(true)]
[TestFixture(false)]
public sealed class HostileInputTests(bool inPlace)
{
    private static readonly Timestamp Begin = Timestamp.FromDateTimeOffset(new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero));

    [Test]
    public async Task Run_EveryHostileRecord_IsDeadLetteredOnceAndChangesNothingElse()
    {
        using var rig = new DetectorRig(inPlace: inPlace);
        var stream = new HostileStream(Begin, LogTime);
        rig.Probe.Produce(rig.Topics.Metrics, 1, stream.Messages);
        var host = rig.Start();

        await Eventually.True(() => rig.Probe.Committed(DetectorRig.Group, rig.Topics.Metrics, 1) == stream.Count, "all records committed",
            TimeSpan.FromSeconds(60));

        stream.AssertDeadLetters(rig.Probe.Read(rig.Topics.DeadLetters), rig.Topics.Metrics, 1);
        var clean = stream.CleanEvents(rig.Topics.Metrics, 1, offset => LogTime((int)offset));
        Assert.That(clean, Is.Not.Empty);
        Assert.That(rig.Probe.Read(rig.Topics.Alerts).Select(alert => Encoding.UTF8.GetString(alert.Message.Value!)), Is.EqualTo(clean));
        await Eventually.True(() => DetectorRig.HealthOf(host).Ready().IsHealthy, "well, once the other partition is restored, too");
        Assert.That(rig.CountOf("sessions.lost/refused"), Is.Zero, "no dead letter was too large");
    }

    private static Timestamp LogTime(int index) => Begin + TimeSpan.FromMinutes(index);
}
