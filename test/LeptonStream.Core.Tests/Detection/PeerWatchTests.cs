using LeptonStream.Core.Tests.Detectors;
using LeptonStream.Detection.Peers;
using LeptonStream.Series;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection;

public sealed class PeerWatchTests
{
    [Test]
    public void Observe_OfTheOneThatIsDifferent_NamesItAndNobodyElse()
    {
        var ranks = new Ranks(count: 8, seed: 1);
        ranks.Run(200);
        var verdicts = ranks.Run(3, odd: 5, by: 10);
        Assert.That(verdicts[5].IsOdd, Is.True);
        Assert.That(verdicts[5].Score, Is.GreaterThan(6));
        Assert.That(verdicts[5].Label, Is.EqualTo("rank"));
        Assert.That(verdicts[5].Siblings, Is.EqualTo(7));
        Assert.That(verdicts[5].Value - verdicts[5].Expected, Is.EqualTo(10).Within(4));
        Assert.That(verdicts.Count(v => v.IsOdd), Is.EqualTo(1));
    }

    [Test]
    public void Observe_OfOneThatIsLower_SaysSoInItsSign()
    {
        var ranks = new Ranks(count: 4, seed: 2);
        ranks.Run(200);
        Assert.That(ranks.Run(3, odd: 0, by: -30)[0].Score, Is.LessThan(-6));
    }

    [Test]
    public void Observe_OfNoiseOfEqualSiblings_NamesHardlyEverOne()
    {
        var ranks = new Ranks(count: 8, seed: 3);
        ranks.Run(100);
        var odd = Enumerable.Range(0, 5000).Count(_ => ranks.Run(1).Any(v => v.IsOdd));
        Assert.That(odd, Is.LessThan(3));
    }

    [Test]
    public void Observe_OfWhatAllGoThroughTogether_StaysLow()
    {
        var ranks = new Ranks(count: 8, seed: 4);
        ranks.Run(200);
        // From within a round on, so that three ranks still show the old level in it.
        ranks.RunOne(from: 3, to: 8, shift: 1000);
        var largest = Enumerable.Range(0, 20).SelectMany(_ => ranks.Run(1, shift: 1000)).Max(v => Math.Abs(v.Score));
        Assert.That(largest, Is.LessThan(PeerVerdict.OddFrom));
    }

    [Test]
    public void Observe_OfAnOutlierOfOneRound_StaysLow()
    {
        var ranks = new Ranks(count: 8, seed: 5);
        ranks.Run(200);
        ranks.Run(1, odd: 2, by: 1e6);
        Assert.That(Enumerable.Range(0, 5).SelectMany(_ => ranks.Run(1)), Has.All.Matches<PeerVerdict>(v => !v.IsOdd));
    }

    [Test]
    public void Observe_OfOneThatWasAlwaysDifferent_ExpectsThatOfIt()
    {
        var ranks = new Ranks(count: 8, seed: 6);
        ranks.Run(200, odd: 7, by: 50);
        var usual = ranks.Run(1, odd: 7, by: 50);
        Assert.That(Math.Abs(usual[7].Score), Is.LessThan(PeerVerdict.OddFrom));
        Assert.That(usual[7].Expected, Is.EqualTo(150).Within(3));
        Assert.That(ranks.Run(3, odd: 7, by: 0)[7].IsOdd, Is.True);
    }

    [Test]
    public void Observe_OfOneThatStaysDifferent_GetsUsedToItSlowly()
    {
        var ranks = new Ranks(count: 8, seed: 7);
        ranks.Run(1500);
        Assert.That(ranks.Run(60, odd: 7, by: 40)[7].IsOdd, Is.True);
        Assert.That(ranks.Run(5000, odd: 7, by: 40)[7].IsOdd, Is.False);
    }

    [TestCase(3)]
    [TestCase(1)]
    public void Observe_OfFewerThanFour_ComparesNothing(int count)
    {
        var ranks = new Ranks(count, seed: 8);
        ranks.Run(100);
        Assert.That(ranks.Run(5, odd: 0, by: 1e6), Is.All.EqualTo(PeerVerdict.None));
    }

    [Test]
    public void Observe_WhileItWarmsUp_IsNeutral()
    {
        var ranks = new Ranks(count: 8, seed: 9);
        Assert.That(Enumerable.Range(0, 30).SelectMany(_ => ranks.Run(1, odd: 1, by: 1000)), Is.All.EqualTo(PeerVerdict.None));
    }

    [Test]
    public void Observe_AfterSiblingsFellSilent_LeavesThemOut()
    {
        var ranks = new Ranks(count: 8, seed: 10);
        ranks.Run(200);
        for (var i = 0; i < 20; i++) ranks.RunOne(from: 0, to: 4, shift: 500);
        var verdicts = ranks.RunOne(from: 0, to: 4, shift: 500);
        Assert.That(verdicts.Select(v => v.Siblings), Is.All.EqualTo(3));
        Assert.That(verdicts.Select(v => v.IsOdd), Is.All.False);
        for (var i = 0; i < 20; i++) ranks.RunOne(from: 0, to: 3, shift: 500);
        Assert.That(ranks.RunOne(from: 0, to: 3, shift: 500), Is.All.EqualTo(PeerVerdict.None));
    }

    [Test]
    public void Join_OfSeriesWithTwoLabels_ComparesByEachOfThem()
    {
        var watch = new PeerWatch();
        var seats = (from host in Enumerable.Range(0, 4) from gpu in Enumerable.Range(0, 4) select (host, gpu, Seat: watch.Join(Key(("host", $"{host}"), ("gpu", $"{gpu}"))))).ToArray();
        var random = new Random(11);
        PeerVerdict[] Round(int hot) => [.. seats.Select(s => s.Seat.Observe(60 + Streams.Gauss(random) + (s.host == hot ? 40 : 0)))];
        for (var i = 0; i < 200; i++) Round(hot: -1);
        for (var i = 0; i < 3; i++) Round(hot: 2);
        var verdicts = Round(hot: 2);
        // All GPUs of one host are hot: among themselves they are equal, against those of other hosts they are not.
        for (var i = 0; i < seats.Length; i++) Assert.That(verdicts[i].IsOdd, Is.EqualTo(seats[i].host == 2), $"{seats[i].host} {seats[i].gpu}");
        Assert.That(verdicts.Where(v => v.IsOdd).Select(v => v.Label), Is.All.EqualTo("host"));
    }

    [Test]
    public void Join_OfOtherModelsMetricsAndLabelNames_AreNoSiblings()
    {
        var watch = new PeerWatch();
        PeerSeat[] seats =
        [
            watch.Join(new("a", "m", LabelSet.Of(("rank", "0")))), watch.Join(new("b", "m", LabelSet.Of(("rank", "1")))), watch.Join(new("a", "n", LabelSet.Of(("rank", "2")))),
            watch.Join(new("a", "m", LabelSet.Of(("gpu", "3")))), watch.Join(new("a", "m", LabelSet.Of(("rank", "4"), ("gpu", "3")))), watch.Join(new("a", "m", LabelSet.Empty)),
        ];
        for (var i = 0; i < 100; i++)
            foreach (var seat in seats) Assert.That(seat.Observe(i), Is.EqualTo(PeerVerdict.None));
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

    [TestCase(0)]
    [TestCase(45)]
    [TestCase(203)]
    public void Load_AtAnyCut_GoesOnBitEqual(int cut)
    {
        var whole = new Ranks(count: 6, seed: 13);
        whole.Run(cut);
        whole.RunOne(from: 0, to: 2, shift: 0);
        var copy = whole.Restored();
        for (var i = 0; i < 100; i++) Assert.That(copy.Run(1, odd: 1, by: i), Is.EqualTo(whole.Run(1, odd: 1, by: i)));
    }

    [Test]
    public void Load_OfOtherBytes_IsRefused()
    {
        var state = new StateWriter();
        new PeerWatch().Join(Key(("rank", "0"))).Save(state);
        var bytes = state.Written.ToArray();
        Assert.That(() => Load(Key(("rank", "0"), ("gpu", "1")), bytes), Throws.TypeOf<SnapshotCorruptException>());
        bytes[^1] ^= 1;
        Assert.That(() => Load(Key(("rank", "0")), bytes), Throws.TypeOf<SnapshotCorruptException>());
    }

    [Test]
    public void Observe_OfAnythingANumberMayBe_IsFinite()
    {
        double[] values = [0, double.MaxValue, double.MinValue, double.NaN, double.PositiveInfinity, double.Epsilon, -1e300, 1e300];
        var random = new Random(14);
        var watch = new PeerWatch();
        var seats = Enumerable.Range(0, 5).Select(i => watch.Join(Key(("rank", $"{i}")))).ToArray();
        for (var i = 0; i < 2000; i++)
            foreach (var seat in seats) Assert.That(double.IsFinite(seat.Observe(values[random.Next(values.Length)]).Score), Is.True);
    }

    [Test]
    public void Observe_InSteadyState_AllocatesNothing()
    {
        var ranks = new Ranks(count: 16, seed: 15);
        ranks.Run(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) ranks.Touch(100 + i);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void Scores_OfTheSameGroupInAnotherUnit_AreTheSame()
    {
        var ranks = new Ranks(count: 8, seed: 16);
        var other = new Ranks(count: 8, seed: 16, unit: -1024);
        ranks.Run(100);
        other.Run(100);
        for (var i = 0; i < 100; i++)
            Assert.That(other.Run(1, odd: 3, by: i).Select(v => -v.Score), Is.EqualTo(ranks.Run(1, odd: 3, by: i).Select(v => v.Score)).Within(1e-9));
    }

    private static void Load(SeriesKey key, byte[] bytes)
    {
        var reader = new StateReader(bytes);
        new PeerWatch().Join(key).Load(ref reader);
    }

    private static SeriesKey Key(params (string Name, string Value)[] labels) => new("job", "gpu_temp", LabelSet.Of(labels));

    // Ranks of one job about 100 with noise of deviation 2.
    private sealed class Ranks(int count, int seed, double unit = 1)
    {
        private readonly PeerWatch _watch = new();
        private readonly List<PeerSeat> _seats = [];
        private readonly Random _random = new(seed);
        private int _drawn;

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
            foreach (var (mine, its) in Seats().Zip(copy.Seats()).Reverse())
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

        private List<PeerSeat> Seats()
        {
            if (_seats.Count == 0) _seats.AddRange(Enumerable.Range(0, count).Select(i => _watch.Join(Key(("rank", $"{i}")))));
            return _seats;
        }
    }
}
