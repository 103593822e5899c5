using LeptonStream.Detection;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Peers;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Store;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection.Peers;

public sealed class PeerScorerTests
{
    private const int Ranks = 8;

    [TestCase(1)]
    [TestCase(250)]
    [TestCase(304)]
    public void Load_AtAnyCut_GoesOnBitEqual(int cut)
    {
        var whole = new Job();
        for (var i = 0; i < cut; i++) whole.Round(i);
        var copy = new Job();
        copy.CopyFrom(whole);
        for (var i = cut; i < 420; i++) Assert.That(copy.Round(i), Is.EqualTo(whole.Round(i)), $"round {i}");
        Assert.That(copy.HasAlerted, Is.True);
    }

    [Test]
    public void Judge_InSteadyState_AllocatesNothingPerRow()
    {
        var job = new Job();
        for (var i = 0; i < 290; i++) job.Round(i);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 290; i < 400; i++) job.Touch(i);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(8_192),
            "nothing but the baselines of an alert that opens");
        Assert.That(job.HasAlerted, Is.True);
    }

    // Rank 5 falls behind in round 300; what a round brings depends on its number only.
    private sealed class Job
    {
        private readonly SeriesPipeline _pipeline = new(DetectionPolicy.Default,
            SeriesPolicy.Default with { Detectors = DetectorSet.Of([DetectorSet.Peers]) });
        private readonly PeerRegistry _watch = new();
        private readonly SeriesState[] _ranks;

        public Job() => _ranks = [.. Enumerable.Range(0, Ranks).Select(New)];

        public bool HasAlerted { get; private set; }

        public (double Score, AlertChange Change)[] Round(int number) =>
            [.. Enumerable.Range(0, Ranks).Select(rank => Judge(number, rank))];

        public void Touch(int number)
        {
            for (var rank = 0; rank < Ranks; rank++) Judge(number, rank);
        }

        public void CopyFrom(Job other)
        {
            var (shared, watch) = (new SharedByPeers(other._watch), new PeerRegistry());
            for (var rank = 0; rank < Ranks; rank++)
            {
                _ranks[rank].Peers = new(shared.Membership(watch, other._ranks[rank].Peers!.Membership));
                var state = new StateWriter();
                other._ranks[rank].Save(state);
                var reader = new StateReader(state.Written);
                _ranks[rank].Load(ref reader);
                Assert.That(reader.AtEnd, Is.True);
            }
        }

        private (double Score, AlertChange Change) Judge(int number, int rank)
        {
            var value = (100 + (2 * Math.Sin((number * 12.9898) + (rank * 78.233)))) * (rank == 5 && number >= 300 ? 1.4 : 1);
            _pipeline.Judge(_ranks[rank], new(Timestamp.FromUnixSeconds(1_764_000_000 + (60 * number)), value), out var judgement);
            HasAlerted |= judgement.Change == AlertChange.Opened;
            return (judgement.Score, judgement.Change);
        }

        private SeriesState New(int rank)
        {
            var key = new SeriesKey("job", "step_time_s", LabelSet.Of(("rank", $"{rank}")));
            var series = _pipeline.NewSeries(SeriesId.OfEntity([(byte)rank]), key);
            series.Peers = new(_watch.Join(key));
            return series;
        }
    }
}
