using LeptonStream.Core.Tests.Detectors;
using LeptonStream.Detection.EarlyWarning;
using LeptonStream.Detection.Policies;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection.EarlyWarning;

public sealed class LimitWatchTests
{
    private static readonly TimeSpan Horizon = TimeSpan.FromHours(4);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Test]
    public void Observe_RampThatTurnsBack_WarnsOnceAndWithdraws()
    {
        var noise = Course.Noise(1, 0.004);
        var told = Course.Watch(t => 0.3 + noise() + (t is > 93_600 and < 104_400
            ? (t - 93_600) / 20_000
            : 0), TimeSpan.FromHours(34), Horizon);
        Assert.That(told.Select(t => t.Change).Where(c => c != LimitChange.Moved),
            Is.EqualTo(new[] { LimitChange.Warned, LimitChange.Withdrawn }));
        Assert.That(told[^1].At, Is.EqualTo(104_400).Within(600));
    }

    [Test]
    public void Observe_RampThatStopsHalfWay_Withdraws()
    {
        var noise = Course.Noise(2, 0.004);
        var told = Course.Watch(t => 0.3 + noise() + (Math.Clamp(t - 93_600, 0, 7_200) / 20_000), TimeSpan.FromHours(38), Horizon);
        Assert.That(told.Select(t => t.Change).Where(c => c != LimitChange.Moved),
            Is.EqualTo(new[] { LimitChange.Warned, LimitChange.Withdrawn }));
        Assert.That(told[^1].At, Is.GreaterThan(100_800).And.LessThan(100_800 + Horizon.TotalSeconds));
    }

    [Test]
    public void Observe_RampThatArrives_SaysSoAndRecedesWithHysteresis()
    {
        var noise = Course.Noise(3, 0.004);
        // Two hours up, six at the limit, then back.
        var told = Course.Watch(t => Math.Min(1, 0.3 + (Math.Clamp(t - 93_600, 0, 7_200) * 0.7 / 7_200)) + noise() - (t > 122_400
            ? 0.4
            : 0), TimeSpan.FromHours(38), Horizon);
        Assert.That(told.Select(t => t.Change).Where(c => c != LimitChange.Moved),
            Is.EqualTo(new[] { LimitChange.Warned, LimitChange.Reached, LimitChange.Receded }));
        Assert.That(told.Single(t => t.Change == LimitChange.Reached).At, Is.EqualTo(100_800).Within(400));
        Assert.That(told[^1].At, Is.EqualTo(122_400).Within(800));
    }

    [Test]
    public void Observe_RampThatBecomesSlower_TellsTheNewTime()
    {
        var noise = Course.Noise(4, 0.002);
        var told = Course.Watch(t => 0.3 + noise() + (Math.Clamp(t - 93_600, 0, 3_600) * 0.4 / 7_200)
            + (Math.Max(0, t - 97_200) * 0.2 / 7_200), TimeSpan.FromHours(29), Horizon);
        Assert.That(told[0].Change, Is.EqualTo(LimitChange.Warned));
        var moved = told.Last(t => t.Change == LimitChange.Moved);
        // 0.5 is left from the bend on, at 0.1 an hour.
        Assert.That((moved.Forecast.At - Course.Start).TotalSeconds, Is.EqualTo(97_200 + 18_000).Within(0.3 * 18_000));
        Assert.That(moved.Forecast.At, Is.GreaterThan(told[0].Forecast.At));
    }

    [Test]
    public void Observe_FallTowardsAFloor_IsTheMirrorOfARise()
    {
        double Rise(double t) => 30 + Math.Sin(t) + (Math.Max(0, t - 93_600) * 70 / 10_000);
        var rise = Course.Watch(Rise, TimeSpan.FromHours(30), Horizon, limit: 100);
        var fall = Course.Watch(t => 100 - Rise(t), TimeSpan.FromHours(30), Horizon, limit: 0, isFloor: true);
        Assert.That(rise.Select(t => t.Change), Does.Contain(LimitChange.Warned).And.Contain(LimitChange.Reached));
        // A floor of zero has no size of its own, so only the last stretch differs: what counts as reached.
        Assert.That(fall.Where(t => t.Change != LimitChange.Reached), Is.EqualTo(rise.Where(t => t.Change != LimitChange.Reached)));
    }

    [Test]
    public void Observe_SeriesThatIsYoung_WaitsForHalfAHorizon()
    {
        var told = Course.Watch(t => t * 0.9 / Horizon.TotalSeconds, Horizon, Horizon);
        Assert.That(told[0].Change, Is.EqualTo(LimitChange.Warned));
        Assert.That(told[0].At, Is.GreaterThan(Horizon.TotalSeconds / 2));
    }

    [Test]
    public void Observe_LongGapInARamp_BeginsAnewAndEndsTheWarningWhereItIsOver()
    {
        var watch = new LimitWatch(new(1, false, Horizon));
        var changes = new List<LimitChange>();
        void Send(double from, double to, Func<double, double> course)
        {
            for (var t = from; t < to; t += Course.Step)
                if (watch.Observe(Course.Start + TimeSpan.FromSeconds(t), course(t)) is var change and not LimitChange.None)
                    changes.Add(change);
        }

        Send(0, 93_600, t => 0.3 + (0.001 * Math.Sin(t)));
        Send(93_600, 97_400, t => 0.3 + ((t - 93_600) / 12_000));
        Assert.That(watch.Phase, Is.EqualTo(LimitPhase.Warned));
        Send(200_000, 210_000, t => 0.2 + (0.001 * Math.Sin(t)));
        Assert.That(watch.Phase, Is.EqualTo(LimitPhase.Quiet));
        Assert.That(changes[^1], Is.EqualTo(LimitChange.Withdrawn));
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void Observe_NoFiniteOrOldSample_ChangesNothing(double value)
    {
        double Ramp(double t) => 0.3 + (0.001 * Math.Sin(t)) + (Math.Max(0, t - 93_600) / 12_000);
        var (clean, dirty) = (new LimitWatch(new(1, false, Horizon)), new LimitWatch(new(1, false, Horizon)));
        for (double t = 0; t < 110_400; t += Course.Step)
        {
            var time = Course.Start + TimeSpan.FromSeconds(t);
            var change = clean.Observe(time, Ramp(t));
            Assert.That(dirty.Observe(time, Ramp(t)), Is.EqualTo(change));
            Assert.That(dirty.Observe(time, value), Is.EqualTo(LimitChange.None));
            Assert.That(dirty.Observe(time - Hour, 5), Is.EqualTo(LimitChange.None));
        }

        Assert.That(dirty.Forecast, Is.EqualTo(clean.Forecast));
    }

    [TestCase(double.NaN, 1)]
    [TestCase(double.NegativeInfinity, 1)]
    [TestCase(1, 0)]
    public void Create_LimitThatIsNone_IsRefused(double limit, int hours) =>
        Assert.That(() => new LimitWatch(new(limit, false, TimeSpan.FromHours(hours))), Throws.ArgumentException);

    [Test]
    public void Observe_Always_AllocatesNothing()
    {
        var watch = new LimitWatch(new(1, false, Hour));
        double Ramp(double t) => t % 7_200 / 7_500;
        for (var i = 0; i < 5_000; i++) watch.Observe(Course.Start + TimeSpan.FromSeconds(i * Course.Step), Ramp(i * Course.Step));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 5_000; i < 20_000; i++) watch.Observe(Course.Start + TimeSpan.FromSeconds(i * Course.Step), Ramp(i * Course.Step));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void Restore_AtAnySample_GoesOnBitEqual()
    {
        var random = new Random(5);
        var noise = Course.Noise(6, 0.01, 300);
        var whole = new LimitWatch(new(1, false, Hour));
        var copy = whole;
        var state = new StateWriter();
        for (var i = 0; i < 12_000; i++)
        {
            var (time, value) = (Course.Start + TimeSpan.FromSeconds(i * Course.Step), (i * Course.Step % 9_000 / 8_500) + noise());
            var change = whole.Observe(time, value);
            if (!ReferenceEquals(copy, whole))
            {
                Assert.That(copy.Observe(time, value), Is.EqualTo(change));
                Assert.That((copy.Forecast, copy.Urgency, copy.Alert.Phase, copy.Alert.Onset),
                    Is.EqualTo((whole.Forecast, whole.Urgency, whole.Alert.Phase, whole.Alert.Onset)));
            }

            if (random.Next(200) != 0) continue;
            state.Clear();
            whole.Save(state);
            copy = new LimitWatch(new(1, false, Hour));
            var reader = new StateReader(state.Written);
            copy.Load(ref reader);
            Assert.That(reader.AtEnd, Is.True);
        }
    }

    [Test]
    public void Load_CutState_IsRefused()
    {
        var state = new StateWriter();
        new LimitWatch(new(1, false, Hour)).Save(state);
        var bytes = state.Written.ToArray();
        for (var length = 0; length < bytes.Length; length += 7)
        {
            var cut = bytes[..length];
            Assert.That(() => { var reader = new StateReader(cut); new LimitWatch(new(1, false, Hour)).Load(ref reader); },
                Throws.InstanceOf<SnapshotCorruptException>());
        }
    }

    [Test]
    public void Observe_AnyNumbers_NeverFailsAndKeepsItsOrder()
    {
        var random = new Random(7);
        foreach (var limit in (double[])[0, 1, -5, 1e300, -1e-300])
        {
            var watch = new LimitWatch(new(limit, random.Next(2) == 0, TimeSpan.FromMinutes(5)));
            var time = Course.Start;
            var phase = LimitPhase.Quiet;
            for (var i = 0; i < 20_000; i++)
            {
                time += TimeSpan.FromSeconds(random.NextDouble() * (random.Next(500) == 0 ? 1e6 : 5));
                var change = watch.Observe(time, random.Next(50) == 0
                    ? Streams.Gauss(random) * double.MaxValue
                    : limit + (Streams.Gauss(random) * i) - (i * 0.1));
                Assert.That(change switch
                {
                    LimitChange.Warned => phase == LimitPhase.Quiet,
                    LimitChange.Moved or LimitChange.Withdrawn => phase == LimitPhase.Warned,
                    LimitChange.Reached => phase != LimitPhase.Reached,
                    LimitChange.Receded => phase == LimitPhase.Reached,
                    _ => phase == watch.Phase,
                }, Is.True);
                phase = watch.Phase;
                if (phase == LimitPhase.Warned)
                    Assert.That(watch.Forecast.Earliest <= watch.Forecast.At && watch.Forecast.At <= watch.Forecast.Latest, Is.True);
            }
        }
    }
}
