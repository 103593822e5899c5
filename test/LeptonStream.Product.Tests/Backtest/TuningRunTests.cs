using System.Globalization;
using LeptonStream.Backtest;
using LeptonStream.Backtest.Proposals;
using LeptonStream.Policies;

namespace LeptonStream.Product.Tests.Backtest;

/// <summary>Policies that are proposed from a recording help on its first half and do no harm on its second.</summary>
internal sealed class TuningRunTests
{
    private const int Rows = 6_000;
    private const int Every = 400;
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("lepton-tune-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Run_DipsThatNobodyCallsAnEvent_ProposesTheDirectionAndKeepsTheEvents()
    {
        // Every 400 minutes the value falls for 8 minutes; twice it rises for 20, and that is what people mark.
        bool IsEvent(int row) => row is >= 2_100 and < 2_120 or >= 4_500 and < 4_520;
        Write("dips.csv", seed: 1, row => IsEvent(row) ? 30 : row % Every < 8 && row > 900 ? -30 : 0, IsEvent);

        var result = Run();

        var proposal = result.Proposals.Single();
        Assert.That(proposal.Lines, Has.Some.EqualTo(("direction", "up")), ProposedPolicies.Text(result));
        var (first, second) = (result.Total(0), result.Total(1));
        Assert.That((first.After.Missed, second.After.Missed), Is.EqualTo((0, 0)));
        Assert.That(first.After.False, Is.LessThan(first.Before.False));
        Assert.That(second.After.False, Is.LessThanOrEqualTo(second.Before.False));
    }

    [Test]
    public void Run_TheSecondHalfHasEventsOfTheOtherDirection_DropsTheProposal()
    {
        bool IsEvent(int row) => row is >= 2_100 and < 2_120 || (row > 3_600 && row % Every < 8);
        Write("turned.csv", seed: 2, row => row is >= 2_100 and < 2_120 ? 30 : row % Every < 8 && row > 900 ? -30 : 0, IsEvent);

        var result = Run();

        Assert.That(result.Proposals.Single().Lines, Has.None.EqualTo(("direction", "up")));
        Assert.That(result.Total(1).After.Total, Is.LessThanOrEqualTo(result.Total(1).Before.Total));
    }

    [Test]
    public void Run_NothingIsLabelled_ProposesFewerAlertsAndNoDirection()
    {
        Write("spikes.csv", seed: 3, row => row > 900 && row % Every < 4 ? 25 : 0, isEvent: null);

        var result = Run();

        Assert.That(result.Total(0).Before.False, Is.GreaterThan(3), "too many alerts, or the test says nothing");
        Assert.That(result.Total(0).After.False, Is.LessThan(result.Total(0).Before.False));
        Assert.That(result.Total(1).After.False, Is.LessThanOrEqualTo(result.Total(1).Before.False));
        Assert.That(result.Proposals.Single().Lines.Select(line => line.Name), Has.None.EqualTo("direction"));
    }

    [Test]
    public void Run_NothingIsWrong_ProposesNothing()
    {
        Write("calm.csv", seed: 4, _ => 0, _ => false);
        var result = Run();
        Assert.That(result.Proposals.Single().Lines, Is.Empty);
        Assert.That(ProposedPolicies.Text(result), Does.EndWith("rules: []\n"));
    }

    [Test]
    public void Run_TwoFilesOfOneName_HaveNoRuleThatIsForBoth()
    {
        foreach (var folder in (string[])["a", "b"])
            Write($"{folder}/same.csv", seed: 5, row => row % Every < 8 && row > 900 ? -30 : 0, _ => false);
        Assert.That(Run().Proposals.Select(proposal => proposal.Lines.Count), Is.EqualTo(new[] { 0, 0 }));
    }

    [Test]
    public void Run_LabelsOfAList_AreTheTruth()
    {
        Write("listed.csv", seed: 6, row => row is >= 2_100 and < 2_120 ? 30 : row % Every < 8 && row > 900 ? -30 : 0, isEvent: null);
        var list = Path.Combine(_folder, "incidents.json");
        File.WriteAllText(list, string.Create(CultureInfo.InvariantCulture,
            $"{{\"listed\": [{{\"onset_ts_ms\": {Time(2_100)}000, \"end_ts_ms\": {Time(2_119)}000}}]}}"));

        var result = new TuningRun(new(Path.Combine(_folder, "listed.csv")) { Labels = list }).Run(CancellationToken.None);

        Assert.That(result.Before.Single().HasTruth, Is.True);
        Assert.That(result.Proposals.Single().Lines, Has.Some.EqualTo(("direction", "up")));
    }

    [Test]
    public void Text_OfProposals_IsAPolicyFileThatDoesAsMeasured()
    {
        Write("it's \"odd\".csv", seed: 1, row => row % Every < 8 && row > 900 ? -30 : 0, _ => false);
        var result = Run();
        Assert.That(result.Proposals.Single().Lines, Is.Not.Empty);

        var policies = PolicyFile.Parse(ProposedPolicies.Text(result), "proposed.yaml", out var errors);

        Assert.That(errors, Is.Empty);
        var again = JudgedFiles.Under(new(_folder), policies!, CancellationToken.None).Single();
        for (var half = 0; half < 2; half++)
            Assert.That(SeriesCosts.Of(again, half), Is.EqualTo(SeriesCosts.Of(result.After.Single(), half)));
    }

    private static long Time(int row) => 1_700_000_000 + (60L * row);

    private TuningResult Run() => new TuningRun(new(_folder)).Run(CancellationToken.None);

    private void Write(string name, int seed, Func<int, double> shiftOf, Func<int, bool>? isEvent)
    {
        var random = new Random(seed);
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllLines(path, Enumerable.Range(0, Rows).Select(row => FormattableString.Invariant(
            $"{Time(row)},{100 + shiftOf(row) + (2 * random.NextDouble()) - 1:F4}{(isEvent is null ? "" : isEvent(row) ? ",1" : ",0")}"))
            .Prepend(isEvent is null ? "timestamp,value" : "timestamp,value,label"));
    }
}
