using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Detector;

/// <summary>
/// Detectors that are killed at any time. With LEPTON_FAULTS=500 it is the long run of docs/faults.md, which <c>eng/faults.sh</c> starts.
/// </summary>
[Category("Slow")]
[Parallelizable(ParallelScope.All)]
public sealed class KillStormTests
{
    private const int Partitions = 3;
    private const int KillsOfEveryDay = 12;

    // One story's topics stay small, so that a kill costs seconds.
    private const int KillsOfAStory = 50;

    // Where one story waits for a session to end, the other goes on.
    private const int StoriesAtOnce = 2;

    [Test]
    public async Task Kill_AtRandomTimesAndAtFailpoints_EveryEventIsThereOnceAndWasReadOnce()
    {
        await using var kafka = await RealKafka.Start();
        var kills = FaultReport.Kills ?? KillsOfEveryDay;
        var stories = Enumerable.Range(0, (kills + KillsOfAStory - 1) / KillsOfAStory);
        var sum = new Sum();
        await Parallel.ForEachAsync(stories, new ParallelOptions { MaxDegreeOfParallelism = StoriesAtOnce }, async (story, stop) =>
        {
            using var rig = await FaultRig.On(kafka, Partitions);
            using var reader = new AlertReader(rig.Topics);
            var storm = new KillStorm(rig, reader, story);
            await storm.Run(Math.Min(KillsOfAStory, kills - (story * KillsOfAStory)), stop);
            var tally = await rig.AssertAsWithoutFault(reader: reader);
            lock (sum) sum.Add(storm, tally);
            await TestContext.Progress.WriteLineAsync($"{sum.Kills} of {kills} killed: {sum.Tally}");
        });
        FaultReport.Write("kills", $"| SIGKILL of one of three detectors | {sum.Kills:N0} | {sum.Tally.Cells} | "
            + $"{FaultReport.Percentiles(sum.LiveAgain)} |", "", $"Killed: {sum.Points}.");
    }

    private sealed class Sum
    {
        private readonly SortedDictionary<string, int> _deaths = new(StringComparer.Ordinal);

        public FaultTally Tally { get; private set; } = new(0, 0, 0, 0);

        public List<TimeSpan> LiveAgain { get; } = [];

        public int Kills => _deaths.Values.Sum();

        public string Points =>
            string.Join(", ", _deaths.Select(death => $"{(death.Key.Length > 0 ? death.Key : "at a random time")} {death.Value}"));

        public void Add(KillStorm storm, FaultTally tally)
        {
            Tally += tally;
            LiveAgain.AddRange(storm.LiveAgain);
            foreach (var (point, count) in storm.Deaths) _deaths[point] = _deaths.GetValueOrDefault(point) + count;
        }
    }
}
