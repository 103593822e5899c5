using System.Globalization;
using System.Text;
using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detection;
using LeptonStream.Detection;
using LeptonStream.Detection.Policies;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Drift;

/// <summary>A partition that gets distributions, one message every few minutes.</summary>
internal sealed class DriftDriver(int minutes = 5, DetectionPolicy? policy = null, PolicySet? policies = null)
{
    private readonly PipelineTestDriver _driver = new(policy, policies: policies);

    public List<AlertEvent> Events => _driver.Events;

    public List<JudgedSample> Judged => _driver.Judged;

    public PartitionPipeline Pipeline => _driver.Pipeline;

    public Timestamp Now => _driver.Now;

    /// <summary>Sends one distribution.</summary>
    /// <param name="form">Its JSON.</param>
    /// <param name="name">Its name.</param>
    /// <param name="labels">Labels of the entity, as JSON.</param>
    public RecordOutcome Send(string form, string name = "age", string labels = "{}")
    {
        _driver.Now += TimeSpan.FromMinutes(minutes);
        var outcome = _driver.Send(Encoding.UTF8.GetBytes(Message(form, name, labels, _driver.Now)));
        Assert.That(outcome.IsAccepted, Is.True, outcome.Detail);
        return outcome;
    }

    /// <summary>Sends a plain metric.</summary>
    public RecordOutcome SendMetric(string name, double value, string labels = "{}")
    {
        _driver.Now += TimeSpan.FromMinutes(minutes);
        var time = _driver.Now.UnixMilliseconds;
        return _driver.Send(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $$$"""{"model":"ranker","ts":{{{time}}},"labels":{{{labels}}},"metrics":{"{{{name}}}":{{{value}}}}}""")));
    }

    /// <summary>Sends samples of a normal distribution.</summary>
    public void Send(Random random, int messages, int n = 500, double shift = 0)
    {
        for (; messages > 0; messages--) Send(DriftRig.Bins(DriftRig.Counts(random, n, shift)));
    }

    public double Last(string metric) => Judged.Last(judged => judged.Key.Metric == metric).Sample.Value;

    public static string Message(string form, string name, string labels, Timestamp time) => string.Create(CultureInfo.InvariantCulture,
        $$$"""{"model":"ranker","ts":{{{time.UnixMilliseconds}}},"labels":{{{labels}}},"distributions":{"{{{name}}}":{{{form}}}}}""");
}
