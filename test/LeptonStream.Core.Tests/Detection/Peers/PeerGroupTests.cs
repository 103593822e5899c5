using LeptonStream.Core.Tests.Detectors;
using LeptonStream.Detection.Peers;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Detection.Peers;

public sealed class PeerGroupTests
{
    [Test]
    public void Join_OfSeriesWithTwoLabels_ComparesByEachOfThem()
    {
        var watch = new PeerRegistry();
        var memberships = (from host in Enumerable.Range(0, 4) from gpu in Enumerable.Range(0,
            4) select (host, gpu, Membership: watch.Join(Ranks.Key(("host", $"{host}"), ("gpu", $"{gpu}"))))).ToArray();
        var random = new Random(11);
        PeerVerdict[] Round(int hot) =>
            [.. memberships.Select(s => s.Membership.Observe(60 + Streams.Gauss(random) + (s.host == hot ? 40 : 0)))];
        for (var i = 0; i < 200; i++) Round(hot: -1);
        for (var i = 0; i < 3; i++) Round(hot: 2);
        var verdicts = Round(hot: 2);
        // All GPUs of one host are hot: among themselves they are equal, against those of other hosts they are not.
        for (var i = 0; i < memberships.Length; i++)
            Assert.That(verdicts[i].IsAnomalous, Is.EqualTo(memberships[i].host == 2), $"{memberships[i].host} {memberships[i].gpu}");
        Assert.That(verdicts.Where(v => v.IsAnomalous).Select(v => v.Label), Is.All.EqualTo("host"));
    }

    [Test]
    public void Join_OfGpusAsNvidiasExporterLabelsThem_ComparesThemByGpu()
    {
        var watch = new PeerRegistry();
        var memberships = Enumerable.Range(0, 8).Select(i => watch.Join(Ranks.Key(("gpu", $"{i}"), ("UUID", $"GPU-{i}"),
            ("device", $"nvidia{i}"), ("pci_bus_id", $"0:{i}"), ("Hostname", "a")))).ToArray();
        var random = new Random(18);
        for (var round = 0; round < 100; round++)
            foreach (var membership in memberships) membership.Observe(60 + Streams.Gauss(random));
        Assert.That(memberships.Select(s => (s.Verdict.Label, s.Verdict.Siblings)), Is.All.EqualTo(("gpu", 7)));
        foreach (var membership in memberships) watch.Leave(membership);
        Assert.That(watch.Join(memberships[0].Key).Verdict, Is.EqualTo(PeerVerdict.None));
    }

    [Test]
    public void Join_OfOtherModelsMetricsAndLabelNames_AreNoSiblings()
    {
        var watch = new PeerRegistry();
        PeerMembership[] memberships =
        [
            watch.Join(new("a", "m", LabelSet.Of(("rank", "0")))), watch.Join(new("b", "m", LabelSet.Of(("rank", "1")))),
            watch.Join(new("a", "n", LabelSet.Of(("rank", "2")))),
            watch.Join(new("a", "m", LabelSet.Of(("gpu", "3")))), watch.Join(new("a", "m", LabelSet.Of(("rank", "4"), ("gpu", "3")))),
            watch.Join(new("a", "m", LabelSet.Empty)),
        ];
        for (var i = 0; i < 100; i++)
            foreach (var membership in memberships) Assert.That(membership.Observe(i), Is.EqualTo(PeerVerdict.None));
    }

    [Test]
    public void Leave_OfASibling_CountsItNoMore()
    {
        var ranks = new Ranks(count: 5, seed: 12);
        ranks.Run(100);
        ranks.Leave(4);
        Assert.That(ranks.Run(5).Select(v => v.Siblings), Is.All.EqualTo(3));
        ranks.Leave(3);
        Assert.That(ranks.Run(5), Is.All.EqualTo(PeerVerdict.None));
    }

    // It speaks in every second round: in the others its value is an old one.
    [Test]
    public void Observe_OfOneThatSpeaksHalfAsOften_ComparesEachOfItsValuesOnce()
    {
        var ranks = new Ranks(count: 8, seed: 17);
        ranks.Run(60);
        var odd = 0;
        for (var round = 0; round < 600; round++)
        {
            ranks.RunOne(from: 0, to: 7, shift: 0);
            if (round % 2 == 0) odd += ranks.RunOne(from: 7, to: 8, shift: round % 20 == 10 ? 500 : 0)[0].IsAnomalous ? 1 : 0;
        }

        Assert.That(odd, Is.Zero);
    }
}
