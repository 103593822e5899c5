using LeptonStream.Detection.Lifecycle;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection.Lifecycle;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class AlertLifecycleTests
{
    // One letter a second: what each score changed.
    private static readonly AlertTiming Timing = new()
    {
        ResolveAfter = TimeSpan.FromSeconds(2), Refractory = TimeSpan.FromSeconds(4), LapseAfter = TimeSpan.FromSeconds(2),
    };

    private int _second;

    [Test]
    public void Observe_ScoresThatAddUpToEnough_OpenWithTheOnset()
    {
        var alert = New();
        Assert.That(Drive(alert, needed: 3, 0.2, 1.1, 1.2, 1.3), Is.EqualTo("...O"));
        Assert.That(alert.Onset, Is.EqualTo(Timestamp.FromUnixSeconds(1)));
        Assert.That(alert.Worst, Is.EqualTo(1.3));
    }

    [Test]
    public void Observe_WhereOneIsEnough_OpensOnTheFirst() => Assert.That(Drive(New(), 1, 0.2, 1.1), Is.EqualTo(".O"));

    [Test]
    public void Observe_OneLapseWhilePending_IsForgiven() => Assert.That(Drive(New(), 3, 1.1, 0.1, 1.1, 1.1), Is.EqualTo("...O"));

    [Test]
    public void Observe_LapsesForLongerThanAllowed_StartOver() =>
        Assert.That(Drive(New(), 3, 1.1, 0.1, 0.1, 1.1, 1.1), Is.EqualTo("....."));

    [Test]
    public void Observe_BetweenCalmAndTheLine_KeepsTheAlertOpen() =>
        Assert.That(Drive(New(), 1, 1.5, 0.8, 0.8, 0.8, 0.8, 0.1, 0.8, 0.8, 0.1, 0.1, 0.1), Is.EqualTo("O.........R"));

    [Test]
    public void Observe_WithinTheRefractoryTime_NeedsTwiceTheEvidence() =>
        Assert.That(Drive(New(), 1, 1.5, 0, 0, 0, 1.2, 1.2), Is.EqualTo("O..R.O"));

    [Test]
    public void Observe_ComesBackAgainAndAgain_StaysOpenForLongerEachTime()
    {
        var alert = New(criticalScore: 100);
        Assert.That(Drive(alert, 1, 5, 0, 0, 0), Is.EqualTo("O..R"));
        Assert.That(Drive(alert, 1, 5, 0, 0, 0, 0, 0), Is.EqualTo("O....R"), "the second time: twice the calm");
        Assert.That(Drive(alert, 1, 5, 0, 0, 0, 0, 0, 0, 0), Is.EqualTo("O......R"), "the third time: three times");
        Assert.That(Drive(alert, 1, 0, 0, 0, 0, 5, 0, 0, 0), Is.EqualTo("....O..R"), "after the refractory time it is no flap");
    }

    [Test]
    public void Observe_TwiceAsBad_TellsAgainOnce() =>
        Assert.That(Drive(New(criticalScore: 100), 1, 1.5, 2.9, 3.0, 3.1, 6.0), Is.EqualTo("O.W.W"));

    [Test]
    public void Observe_AnomalousForAnHour_NeverEndsByItself()
    {
        var life = Drive(New(criticalScore: 100), 1, [.. Enumerable.Repeat(1.5, 3_601)]);
        Assert.That(life[0], Is.EqualTo('O'));
        Assert.That(life.Count(c => c is 'R' or 'A'), Is.Zero);
        Assert.That(life.Select((c, second) => (c, second)).Where(x => x.c == 'P').Select(x => x.second),
            Is.EqualTo(new[] { 60, 300, 900, 3_600 }), "progress");
    }

    [Test]
    public void Observe_WarningOlderThanThePolicyAllows_IsAcceptedButNoCriticalAlert()
    {
        var (warning, critical) = (New(criticalScore: 100), New(criticalScore: 1));
        AlertChange Last(AlertLifecycle alert) => Enumerable.Range(0, 20)
            .Select(i => alert.Observe(new(1.5, Timestamp.FromUnixSeconds(i)) { Needed = 1, AcceptAfter = TimeSpan.FromSeconds(10) }))
            .First(c => c.IsEnd());
        Assert.That(Last(warning), Is.EqualTo(AlertChange.Accepted));
        Assert.That(() => Last(critical), Throws.InvalidOperationException, "it never ends");
    }

    [Test]
    public void Observe_BeyondTheCriticalLine_IsCriticalWhileTheBudgetLasts()
    {
        var alert = New();
        Assert.That(Drive(alert, 1, 2.5, 0, 0, 0), Is.EqualTo("O..R"));
        Assert.That(alert.IsCritical, Is.True, "the first one of a quarter");
        Drive(alert, 1, 0, 0, 0, 0, 2.5);
        Assert.That((alert.Phase, alert.IsCritical), Is.EqualTo((AlertPhase.Open, false)), "the second one");
    }

    [Test]
    public void Observe_GraveOrRaised_IsToldAndStaysCritical()
    {
        var alert = New();
        Assert.That(Drive(alert, 1, 1.5, 2.1), Is.EqualTo("OW"), "crossing the critical line is told");
        Assert.That(alert.IsCritical, Is.True);
        var grave = New();
        grave.Observe(new(1.1, Timestamp.FromUnixSeconds(1)) { Needed = 1, IsGrave = true });
        Assert.That(grave.IsCritical, Is.True);
    }

    [TestCase(1)]
    [TestCase(15)]
    [TestCase(60)]
    [TestCase(300)]
    public void Observe_OneStoryAtAnySampling_HasTheSameLife(int step)
    {
        // Trouble from 3,600 s to 7,200 s.
        var alert = new AlertLifecycle(AlertTiming.Default, 100, TimeSpan.FromDays(91));
        var changes = new List<(AlertChange Change, int Second)>();
        for (var second = 0; second < 14_400; second += step)
        {
            var score = second is >= 3_600 and < 7_200 ? 2 : 0.2;
            var change = alert.Observe(new(score, Timestamp.FromUnixSeconds(second))
                { Needed = AlertTiming.Default.EnoughEvidence(TimeSpan.FromDays(2), step) });
            if (change is not (AlertChange.None or AlertChange.Progressed)) changes.Add((change, second));
        }

        Assert.That(changes.Select(c => c.Change), Is.EqualTo(new[] { AlertChange.Opened, AlertChange.Recovered }));
        Assert.That(changes[0].Second, Is.InRange(3_600, 3_900));
        Assert.That(changes[1].Second, Is.InRange(7_500, 7_800));
    }

    [Test]
    public void BeginAt_BeforeTheEndOfTheLastAlert_IsThatEnd()
    {
        var alert = New();
        Drive(alert, 1, 1.5, 0, 0, 0);
        Drive(alert, 1, 5);
        alert.BeginAt(Timestamp.Zero);
        Assert.That(alert.Onset, Is.EqualTo(Timestamp.FromUnixSeconds(3)), "ids are made of onsets");
    }

    [Test]
    public void Restore_AtAnyObservation_GoesOnBitEqual()
    {
        var random = new Random(3);
        var whole = New();
        var copy = whole;
        for (var i = 0; i < 5_000; i++)
        {
            var signal = new AlertSignal(random.NextDouble() * 2.5, Timestamp.FromUnixSeconds(i)) { Needed = 2,
                AcceptAfter = TimeSpan.FromSeconds(40) };
            var change = whole.Observe(signal);
            if (!ReferenceEquals(copy, whole)) Assert.That(copy.Observe(signal), Is.EqualTo(change));
            Assert.That((copy.Phase, copy.Onset, copy.Worst, copy.IsCritical),
                Is.EqualTo((whole.Phase, whole.Onset, whole.Worst, whole.IsCritical)));
            if (random.Next(50) != 0) continue;
            var state = new StateWriter();
            whole.Save(state);
            copy = New();
            var reader = new StateReader(state.Written);
            copy.Load(ref reader);
            Assert.That(reader.AtEnd, Is.True);
        }
    }

    // Evidence comes and goes on every series: it must cost nothing that stays, and open what it opened before.
    [Test]
    public void Observe_EvidenceThatLapses_LeavesNothingAndAllocatesNothing()
    {
        var alert = New();
        Assert.That(Drive(alert, 3, 1.1, 0, 0, 0), Is.EqualTo("...."));
        Assert.That(Saved(alert), Is.EqualTo(Saved(New())));
        Assert.That((alert.Onset, alert.Worst), Is.EqualTo((New().Onset, New().Worst)));
        Spell();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) Spell();
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(Drive(alert, 2, 1.1, 1.1, 0, 0, 0), Is.EqualTo(".O..R"));
        Assert.That(Saved(alert), Is.Not.EqualTo(Saved(New())), "its end is remembered");

        void Spell()
        {
            foreach (var score in (ReadOnlySpan<double>)[1.1, 0, 0, 0])
                alert.Observe(new(score, Timestamp.FromUnixSeconds(_second++)) { Needed = 3 });
        }
    }

    private static byte[] Saved(AlertLifecycle alert)
    {
        var state = new StateWriter();
        alert.Save(state);
        return state.Written.ToArray();
    }

    private static AlertLifecycle New(double criticalScore = 2) => new(Timing, criticalScore, TimeSpan.FromDays(91));

    private string Drive(AlertLifecycle alert, double needed, params double[] scores) => string.Concat(scores.Select(score =>
        alert.Observe(new(score, Timestamp.FromUnixSeconds(_second++)) { Needed = needed }) switch
        {
            AlertChange.None => '.',
            AlertChange.Opened => 'O',
            AlertChange.Worsened => 'W',
            AlertChange.Recovered => 'R',
            AlertChange.Progressed => 'P',
            _ => 'A',
        }));
}
