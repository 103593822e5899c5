using LeptonStream.Core.Tests.Detectors;
using LeptonStream.Detection.Peers;
using LeptonStream.Series;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection.Peers;

/// <summary>Ranks of one job about 100 with noise of deviation 2.</summary>
internal sealed class Ranks(int count, int seed, double unit = 1)
{
    private readonly PeerRegistry _watch = new();
    private readonly List<PeerMembership> _memberships = [];
    private readonly Random _random = new(seed);
    private int _drawn;

    public static SeriesKey Key(params (string Name, string Value)[] labels) => new("job", "gpu_temp", LabelSet.Of(labels));

    public PeerVerdict[] Run(int rounds, int odd = -1, double by = 0, double shift = 0)
    {
        var verdicts = Array.Empty<PeerVerdict>();
        for (var round = 0; round < rounds; round++) verdicts = RunOne(0, Memberships().Count, shift, odd, by);
        return verdicts;
    }

    public PeerVerdict[] RunOne(int from, int to, double shift, int odd = -1, double by = 0) =>
        [.. Enumerable.Range(from, to - from).Select(i => Memberships()[i].Observe(unit * (100 + shift + Noise() + (i == odd ? by : 0))))];

    public void Touch(double value)
    {
        foreach (var membership in _memberships) membership.Observe(value);
    }

    public void Leave(int rank)
    {
        _watch.Leave(_memberships[rank]);
        _memberships.RemoveAt(rank);
    }

    // Read in another order than written.
    public Ranks Restored()
    {
        var copy = new Ranks(count, seed, unit);
        var memberships = Memberships();
        var shared = new SharedByPeers(_watch);
        copy._memberships.AddRange(memberships.Select(membership => shared.Membership(copy._watch, membership)));
        foreach (var (mine, its) in memberships.Zip(copy.Memberships()).Reverse())
        {
            var state = new StateWriter();
            mine.Save(state);
            var reader = new StateReader(state.Written);
            its.Load(ref reader);
            Assert.That(reader.AtEnd, Is.True);
        }

        for (var i = 0; i < _drawn; i++) copy.Noise();
        return copy;
    }

    private double Noise()
    {
        _drawn++;
        return 2 * Streams.Gauss(_random);
    }

    private List<PeerMembership> Memberships()
    {
        if (_memberships.Count == 0) _memberships.AddRange(Enumerable.Range(0, count).Select(i => _watch.Join(Key(("rank", $"{i}")))));
        return _memberships;
    }
}
