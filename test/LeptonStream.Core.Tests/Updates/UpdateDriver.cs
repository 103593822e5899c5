using System.Globalization;
using System.Text;
using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detection;
using LeptonStream.Core.Tests.Detectors;
using LeptonStream.Detection;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Updates;

/// <summary>A model whose messages say their version, one every few minutes from each of its instances.</summary>
internal sealed class UpdateDriver(int seed, double minutes = 5, DetectionPolicy? policy = null)
{
    private readonly PipelineTestDriver _driver = new(policy);
    private readonly Random _random = new(seed);
    private double _noise;

    /// <summary>The events of updates; alerts of single series are left out.</summary>
    public List<AlertEvent> Events => [.. _driver.Events.Where(made => made.RoutingLabels["alertname"] == ModelUpdateNames.AlertName)];

    public PartitionPipeline Pipeline => _driver.Pipeline;

    public Timestamp Now => _driver.Now;

    /// <summary>How much of the noise of a value is in the next one.</summary>
    public double Memory { get; init; } = 0.8;

    /// <summary>By which share the latency follows the hour of the day.</summary>
    public double Daily { get; init; }

    /// <summary>Sends the metrics of one version for some hours.</summary>
    /// <param name="version">The version; null for none.</param>
    /// <param name="hours">Hours.</param>
    /// <param name="latency">Mean latency in ms.</param>
    /// <param name="accuracy">Mean accuracy.</param>
    /// <param name="isLabel">Whether the version is a label, and else the field.</param>
    public void Run(string? version, double hours, double latency = 200, double accuracy = 0.9, bool isLabel = false)
    {
        for (var i = 0; i < hours * 60 / minutes; i++)
        {
            Wait();
            Send(version, latency, accuracy, isLabel);
        }
    }

    public void Wait() => _driver.Now += TimeSpan.FromMinutes(minutes);

    public void Send(string? version, double latency = 200, double accuracy = 0.9, bool isLabel = false, string instance = "a")
    {
        _noise = (Memory * _noise) + (Math.Sqrt(1 - (Memory * Memory)) * Streams.Gauss(_random));
        var day = 1 + (Daily * Math.Sin(2 * Math.PI * Now.UnixSeconds / 86400));
        Send(version, isLabel, instance, string.Create(CultureInfo.InvariantCulture,
            $"\"ttft_ms\":{latency * (day + (0.05 * _noise)):R},\"eval_accuracy\":{accuracy + (0.01 * Streams.Gauss(_random)):R}"));
    }

    public void Send(string? version, bool isLabel, string instance, string metrics)
    {
        var labels = isLabel && version is not null ? $",\"model_version\":\"{version}\"" : "";
        var field = !isLabel && version is not null ? $"\"model_version\":\"{version}\"," : "";
        Raw($$$"""{"model":"ranker","ts":{{{Now.UnixMilliseconds}}},{{{field}}}"labels":{"instance":"{{{instance}}}"{{{labels}}}},"""
            + $$$""" "metrics":{{{{metrics}}}}}""");
    }

    public void Raw(string message)
    {
        var outcome = _driver.Send(Encoding.UTF8.GetBytes(message));
        Assert.That(outcome.IsAccepted, Is.True, outcome.Detail);
    }
}
