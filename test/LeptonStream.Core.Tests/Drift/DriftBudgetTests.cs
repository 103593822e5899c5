using System.Text;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Policies;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Drift;

/// <summary>
/// Streams of small samples on which nothing drifts: two weeks of one every five minutes, of 50 to 500 values, some smaller at night.
/// </summary>
public sealed class DriftBudgetTests
{
    private const int Distances = 4;
    private const int Messages = 14 * 288;

    private static readonly Timestamp Start = Timestamp.FromUnixSeconds(1_795_341_600);

    [TestCase(10), TestCase(200, Category = "Slow")]
    public void Process_NothingDrifts_StaysWithinTwiceTheBudget(int streams)
    {
        var byMetric = new SortedDictionary<string, int>();
        var critical = 0;
        for (var seed = 0; seed < streams; seed++)
        {
            foreach (var alert in Run(seed))
            {
                if (alert.Type == AlertEventType.Opened) byMetric[alert.Metric] = byMetric.GetValueOrDefault(alert.Metric) + 1;
                if (alert.Severity == AlertSeverity.Critical) critical++;
            }
        }

        var budget = streams * Distances * (TimeSpan.FromDays(14) / SeriesPolicy.Default.WarningBudget);
        var pages = streams * Distances * (TimeSpan.FromDays(14) / SeriesPolicy.Default.CriticalBudget);
        TestContext.Out.WriteLine($"{streams} streams: {string.Join(", ", byMetric)}; {byMetric.Values.Sum()} opened, budget {budget}; "
            + $"{critical} critical, budget {pages:F1}");
        Assert.That(byMetric.Values.Sum(), Is.LessThanOrEqualTo(2 * budget));
        Assert.That(critical, Is.LessThanOrEqualTo(Math.Max(2 * pages, 7)));
    }

    private static List<AlertEvent> Run(int seed)
    {
        var random = new Random(seed);
        var pipeline = new PartitionPipeline("lepton.metrics", 0, DetectionPolicy.Default);
        var events = new List<AlertEvent>();
        for (var i = 0; i < Messages; i++)
        {
            var time = Start + TimeSpan.FromMinutes(5 * i);
            // Every other stream has the load of a day.
            var n = seed % 2 == 0 ? random.Next(50, 501) : (int)(275 - (225 * Math.Cos(2 * Math.PI * i / 288)));
            var message = DriftDriver.Message(DriftRig.Bins(DriftRig.Counts(random, n)), "x", "{}", time);
            var outcome = pipeline.Process(Encoding.UTF8.GetBytes(message), i, time, events);
            if (!outcome.IsAccepted) throw new InvalidOperationException(outcome.Detail);
        }

        return events;
    }
}
