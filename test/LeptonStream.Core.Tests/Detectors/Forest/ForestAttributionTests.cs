using LeptonStream.Detectors.Forest;

namespace LeptonStream.Core.Tests.Detectors.Forest;

public sealed class ForestAttributionTests
{
    [TestCase(2, 5)]
    [TestCase(8, 5)]
    [TestCase(8, 4)]
    [TestCase(16, 5)]
    [TestCase(32, 5)]
    [TestCase(64, 8)]
    public void Explain_WhereOneFeatureIsOdd_NamesItFirst(int features, int sigmas)
    {
        var forest = IsolationForest.Fit(Tables.Gaussian(1, 2000, features), features, new());
        var rows = Tables.Gaussian(2, 1000, features);
        var named = 0;
        for (var i = 0; i < 1000; i++)
        {
            var row = rows.AsSpan(i * features, features);
            row[i % features] = i / features % 2 == 0 ? sigmas : -sigmas;
            var shares = new double[features];
            forest.Explain(row, shares);
            if (shares.Index().MaxBy(s => s.Item).Index == i % features) named++;
        }

        TestContext.Out.WriteLine($"{named / 10.0} % named");
        Assert.That(named, Is.GreaterThanOrEqualTo(950));
    }

    [Test]
    public void Explain_OfAnyRow_SharesOutTheWholeScoreAmongWhatIsThere()
    {
        var forest = IsolationForest.Fit(Tables.Rough(3, 500, 6), 6, new());
        var rows = Tables.Rough(4, 300, 6);
        for (var i = 0; i < 300; i++)
        {
            var row = rows[(i * 6)..((i * 6) + 6)];
            var shares = new double[6];
            forest.Explain(row, shares);
            Assert.That(shares.Sum(), Is.EqualTo(1).Within(1e-12));
            Assert.That(shares, Has.All.InRange(0, 1));
            Assert.That(shares.Zip(row).Where(s => float.IsNaN(s.Second)).Select(s => s.First), Has.All.Zero);
        }
    }

    [Test]
    public void Explain_WhereNothingWasSaved_SharesAlikeAmongWhatIsThere()
    {
        var forest = IsolationForest.Fit(new float[3 * 100], 3, new());
        var shares = new double[3];
        forest.Explain([0, float.NaN, 0], shares);
        Assert.That(shares, Is.EqualTo((double[])[0.5, 0, 0.5]));
        forest.Explain([float.NaN, float.NaN, float.NaN], shares);
        Assert.That(shares, Has.All.Zero);
    }
}
