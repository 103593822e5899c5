using LeptonStream.Detectors;

namespace LeptonStream.Core.Tests.Detectors;

/// <summary>What every detector of the catalogue promises, checked on each of them; a new detector gets all of it for free.</summary>
[TestFixtureSource(nameof(Names))]
public sealed class DetectorContractTests(string name)
{
    private static readonly string[] Names = [.. DetectorCatalog.All.Select(d => d.Name)];

    [Test]
    public void Name_OfTheCatalogue_IsUniqueKebabCase()
    {
        Assert.That(Names.Count(n => n == name), Is.EqualTo(1));
        Assert.That(name, Does.Match("^[a-z]+(-[a-z]+)*$"));
    }

    [Test]
    public void Score_AskedTwice_ChangesNothing()
    {
        var rig = new DetectorRig(name);
        foreach (var sample in Streams.Mixed(seed: 1, count: 800))
        {
            var before = rig.Snapshot();
            var first = rig.Score(sample);
            Assert.That(BitConverter.DoubleToInt64Bits(rig.Score(sample)), Is.EqualTo(BitConverter.DoubleToInt64Bits(first)));
            Assert.That(rig.Snapshot(), Is.EqualTo(before));
            rig.Learn(sample);
        }
    }

    [Test]
    public void Score_WhileWarmingUp_IsNeutral()
    {
        var rig = new DetectorRig(name);
        foreach (var sample in Streams.Mixed(seed: 2, count: 30))
        {
            Assert.That(rig.Score(sample), Is.Zero);
            rig.Learn(sample);
        }
    }

    [Test]
    public void Raw_OfASlowDetectorAlone_IsNotYetUntilItKnowsAndThenAlwaysANumber()
    {
        var rig = new DetectorRig(name);
        var said = new List<bool>();
        foreach (var sample in Streams.Mixed(seed: 8, count: 2000))
        {
            said.Add(!double.IsNaN(rig.Raw(sample)));
            rig.Learn(sample);
        }

        Assert.That(said[0], Is.EqualTo(!rig.IsSlow));
        Assert.That(said[^1], Is.True);
        Assert.That(said.SkipWhile(knows => !knows), Is.All.True);
    }

    [TestCaseSource(typeof(Streams), nameof(Streams.Extreme))]
    public void Score_OnExtremeStreams_IsFiniteAndNotNegative(double[] values)
    {
        var rig = new DetectorRig(name);
        foreach (var sample in Streams.Of(values))
        {
            var score = rig.Score(sample);
            Assert.That(double.IsFinite(score) && score >= 0, Is.True, $"{score} for {sample.Value}");
            rig.Learn(sample);
        }
    }

    [Test]
    public void Scores_OfTheSameSamples_AreTheSame()
    {
        var samples = Streams.Mixed(seed: 3, count: 2000);
        if (name == "constant-change") samples = [.. samples.Select((s, i) => s with { Value = i < 1000 ? 8 : 4 })];
        var first = new DetectorRig(name).Run(samples);
        Assert.That(first, Has.Some.GreaterThan(0));
        Assert.That(new DetectorRig(name).Run(samples), Is.EqualTo(first));
    }

    [Test]
    public void Restore_AtAnyCut_GoesOnBitEqual()
    {
        var samples = Streams.Mixed(seed: 4, count: 1500);
        var whole = new DetectorRig(name).Run(samples);
        foreach (var cut in (int[])[1, 29, 30, 31, 119, 120, 121, 500, 1111])
        {
            var first = new DetectorRig(name);
            first.Run(samples[..cut]);
            var second = new DetectorRig(name);
            second.Restore(first.Snapshot());
            Assert.That(second.Run(samples[cut..]), Is.EqualTo(whole[cut..]), $"cut at {cut}");
        }
    }

    [Test]
    public void ScoreAndLearn_InSteadyState_AllocateNothing()
    {
        var rig = new DetectorRig(name);
        var samples = Streams.Mixed(seed: 6, count: 4000);
        rig.Run(samples[..2000]);
        var rest = samples[2000..];
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var sample in rest)
        {
            rig.Score(sample);
            rig.Learn(sample);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void Score_OnItsOwnKindOfTrouble_StandsOutOfTheOrdinary()
    {
        var rig = new DetectorRig(name);
        var ordinary = Streams.OrdinaryFor(name, seed: 7, count: 1000);
        var usual = rig.Run(ordinary)[200..].Max();
        var odd = Streams.TroubleFor(name, ordinary[^1]);
        Assert.That(rig.Run(odd).Max(), Is.GreaterThan(Math.Max(1.5 * usual, 3)));
    }
}
