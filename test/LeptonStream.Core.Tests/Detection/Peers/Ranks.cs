using LeptonStream.Core.Tests.Detectors;
using LeptonStream.Detection.Peers;
using LeptonStream.Series;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection.Peers;

/// <summary>Ranks of one job about 100 with noise of deviation 2.</summary>
internal sealed class Ranks(int count, int seed, double unit = 1)
{
    private readonly PeerRegistry _watch = new();
    private readonly List<PeerMembership> _seats = [];
    private readonly Random _random = new(seed);
    private int _drawn;

    public static SeriesKey Key(params (string Name, string Value)[] labels) => new("job", "gpu_temp", LabelSet.Of(labels));

    public PeerVerdict[] Run(int rounds, int odd = -1, double by = 0, double shift = 0)
    {
        var verdicts = Array.Empty<PeerVerdict>();
        for (var round = 0; round < rounds; round++) verdicts = RunOne(0, Seats().Count, shift, odd, by);
        return verdicts;
    }

    public PeerVerdict[] RunOne(int from, int to, double shift, int odd = -1, double by = 0) =>
        [.. Enumerable.Range(from, to - from).Select(i => Seats()[i].Observe(unit * (100 + shift + Noise() + (i == odd ? by : 0))))];

    public void Touch(double value)
    {
        foreach (var seat in _seats) seat.Observe(value);
    }

    public void Leave(int rank)
    {
        _watch.Leave(_seats[rank]);
        _seats.RemoveAt(rank);
    }

    // Read in another order than written.
    public Ranks Restored()
    {
        var copy = new Ranks(count, seed, unit);
        var seats = Seats();
        var shared = new SharedByPeers(_watch);
        copy._seats.AddRange(seats.Select(seat => shared.Seat(copy._watch, seat)));
        foreach (var (mine, its) in seats.Zip(copy.Seats()).Reverse())
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

    private List<PeerMembership> Seats()
    {
        if (_seats.Count == 0) _seats.AddRange(Enumerable.Range(0, count).Select(i => _watch.Join(Key(("rank", $"{i}")))));
        return _seats;
    }
}
