using LeptonStream.Detection.Pages;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection.Pages;

public sealed class ModelBudgetTests
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly Timestamp Start = Timestamp.FromUnixSeconds(1_795_341_600);

    [TestCase(1, 0.0)]
    [TestCase(100, 2.0)]
    [TestCase(10_000, 4.0)]
    [TestCase(1_000_000, 6.0)]
    public void Admits_OneAlone_NeedsAPowerOfTenForEachTenfoldOfSeries(int series, double needed)
    {
        Assert.That(new ModelBudget().Admits(Start, needed + 0.01, null, series, Week), Is.True);
        if (needed > 0) Assert.That(new ModelBudget().Admits(Start, needed - 0.21, null, series, Week), Is.False);
    }

    [Test]
    public void Admits_TwentyOfTenThousandAtOnce_NeedLessOfEach()
    {
        var pages = new ModelBudget();
        var admitted = Enumerable.Range(0, 20).Count(i => pages.Admits(Start + TimeSpan.FromSeconds(i * 15), 2.8, null, 10_000, Week));
        Assert.That(admitted, Is.EqualTo(5), "the sixteenth has fifteen witnesses");
        Assert.That(pages.Admits(Start + TimeSpan.FromMinutes(6), 2.8, null, 10_000, Week), Is.True, "and so has each that follows");
    }

    [Test]
    public void Admits_OneThatGrowsAndAsksAgain_IsOneWitness()
    {
        var pages = new ModelBudget();
        for (var i = 0; i < 20; i++)
            Assert.That(pages.Admits(Start, 2.8, i == 0 ? 0 : 2.8, 10_000, Week), Is.False, "twenty witnesses would need 2.7");
        Assert.That(pages.Admits(Start, 4.01, 2.8, 10_000, Week), Is.True);
    }

    [Test]
    public void Admits_WitnessesOfLongAgo_DoNotCount()
    {
        var pages = new ModelBudget();
        for (var i = 0; i < 20; i++) pages.Admits(Start + (i * TimeSpan.FromMinutes(21)), 2.8, null, 10_000, Week);
        Assert.That(pages.Admits(Start + TimeSpan.FromHours(12), 2.8, null, 10_000, Week), Is.False);
    }

    [Test]
    public void Admits_WeakWitnesses_AreNoneForAStrongAlert()
    {
        var pages = new ModelBudget();
        for (var i = 0; i < 50; i++) pages.Admits(Start, 0.3, null, 10_000, Week);
        Assert.That(pages.Admits(Start, 3.5, null, 10_000, Week), Is.False);
    }

    [Test]
    public void Admits_PagesMoreOftenThanTheBudget_RaiseTheLineUntilTheyKeepIt()
    {
        var pages = new ModelBudget();
        var perWeek = new int[60];
        for (var day = 0; day < 7 * perWeek.Length; day++)
            if (pages.Admits(Start + TimeSpan.FromDays(day), 3, null, 100, Week)) perWeek[day / 7]++;
        Assert.That(perWeek[10..].Average(), Is.InRange(0.9, 1.1), string.Join(' ', perWeek));
    }

    [Test]
    public void Admits_AFarStrongerOneBehindManyPages_IsStillAPage()
    {
        var pages = new ModelBudget();
        for (var day = 0; day < 400; day++) pages.Admits(Start + TimeSpan.FromDays(day), 3, null, 100, Week);
        Assert.That(pages.Admits(Start + TimeSpan.FromDays(401), 4.6, null, 100, Week), Is.True, "the line rises by two decades at most");
    }

    [Test]
    public void Admits_QuietForLong_ForgetsWhatWasLearned()
    {
        var pages = new ModelBudget();
        for (var i = 0; i < 4; i++) pages.Admits(Start + TimeSpan.FromHours(i), 9, null, 100, Week);
        Assert.That(pages.Learned, Is.EqualTo(2).Within(0.05));
        pages.Admits(Start + TimeSpan.FromDays(29), 0, null, 100, Week);
        Assert.That(pages.Learned, Is.Zero);
    }

    [Test]
    public void Admits_SeveralOfOneIncident_RaiseTheLineOnce()
    {
        var pages = new ModelBudget();
        for (var i = 0; i < 30; i++) pages.Admits(Start + TimeSpan.FromSeconds(10 * i), 9, null, 1_000, Week);
        Assert.That(pages.Learned, Is.EqualTo(0.5).Within(0.01));
    }

    // A host whose clock was three years ahead asked, and was right again.
    [Test]
    public void SetBack_AfterQuestionsFromAhead_AnswersAsIfTheyWereOfNow()
    {
        var pages = new ModelBudget();
        var ahead = Start + TimeSpan.FromDays(1_000);
        for (var i = 0; i < 4; i++) pages.Admits(ahead + TimeSpan.FromHours(i), 9, null, 100, Week);
        pages.SetBack(Start);
        for (var i = 0; i < 20; i++) pages.Admits(Start + (i * TimeSpan.FromMinutes(21)), 1.8, null, 100, Week);
        Assert.That(pages.Admits(Start + TimeSpan.FromHours(8), 1.8, null, 100, Week), Is.False, "witnesses of long ago do not count");
        Assert.That(pages.Learned, Is.GreaterThan(1));
        pages.Admits(Start + TimeSpan.FromDays(29), 0, null, 100, Week);
        Assert.That(pages.Learned, Is.Zero);
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    [TestCase(double.NegativeInfinity)]
    [TestCase(-40)]
    [TestCase(1e9)]
    public void Admits_AnyDecadesAndClocks_StaysFinite(double decades)
    {
        var pages = new ModelBudget();
        long[] times = [0, long.MaxValue, -5, 17, long.MinValue + 1, Start.UnixNanoseconds];
        foreach (var time in times) pages.Admits(new(time), decades, null, int.MaxValue, TimeSpan.FromHours(1));
        Assert.That(pages.Learned, Is.InRange(0, 10));
    }

    [Test]
    public void Save_AfterAnyQuestions_GoesOnBitForBit()
    {
        var random = new Random(5);
        for (var round = 0; round < 50; round++)
        {
            var pages = new ModelBudget();
            var now = Start;
            void Ask(ModelBudget of, int seed)
            {
                var from = new Random(seed);
                now += TimeSpan.FromMinutes(from.Next(30));
                of.Admits(now, from.NextDouble() * 5, null, from.Next(1, 2_000), Week);
            }

            for (var i = random.Next(60); i > 0; i--) Ask(pages, random.Next());
            var copy = Copy(pages);
            Assert.That(Bytes(copy), Is.EqualTo(Bytes(pages)));
            for (var i = 0; i < 40; i++)
            {
                var (seed, before) = (random.Next(), now);
                Ask(pages, seed);
                now = before;
                Ask(copy, seed);
                Assert.That(Bytes(copy), Is.EqualTo(Bytes(pages)));
            }
        }
    }

    private static byte[] Bytes(ModelBudget pages)
    {
        var state = new StateWriter();
        pages.Save(state);
        return state.Written.ToArray();
    }

    private static ModelBudget Copy(ModelBudget pages)
    {
        var state = new StateReader(Bytes(pages));
        var copy = ModelBudget.Load(ref state);
        state.End();
        return copy;
    }
}
