using System.Text;
using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Output;
using LeptonStream.Collector.Points;
using LeptonStream.Series;

namespace LeptonStream.Collector.Edge.Host;

/// <summary>
/// Points of the host itself, which go the way of all others: rules of <c>sources</c> in collector.yaml hold for them, too. Their model is
/// <c>gpu-host</c> where no rule says another. Used by the worker's thread.
/// </summary>
internal sealed class HostSamples(IntakeMapping mapping, IRecordSink sink, CollectorMetrics metrics, TimeProvider time)
{
    private const string Model = "gpu-host";

    private readonly IntakeLane _lane = new();
    private readonly SourceLabels _labels = new(LabelSet.Of(("job", Model), ("instance", Environment.MachineName)));

    /// <summary>Forgets the points before.</summary>
    public void Begin() => _lane.Begin();

    /// <summary>Adds a point.</summary>
    /// <param name="name">The name of its metric.</param>
    /// <param name="kind">How its value is to be understood.</param>
    /// <param name="value">The value.</param>
    /// <param name="at">Its time.</param>
    /// <param name="labels">Its labels; those without a value are left out.</param>
    public void Add(string name, PointKind kind, double value, DateTimeOffset at, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var points = _lane.Points;
        var first = points.LabelCount;
        foreach (var label in labels)
            if (label.Value.Length > 0) points.AddLabel(TextOf(label.Name), TextOf(label.Value));
        ref var point = ref points.Add();
        point.Name = TextOf(name);
        point.Kind = kind;
        point.Value = value;
        point.Time = at.ToUnixTimeMilliseconds() * 1_000_000;
        point.Labels = points.LabelsSince(first);
    }

    /// <summary>Maps the points, and hands the records over.</summary>
    /// <param name="source">The name of their source.</param>
    public async Task Send(string source)
    {
        if (_lane.Points.Points.Length == 0) return;
        mapping.Map(_lane, new(source, _labels), "", time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000);
        _lane.Write(null);
        metrics.Took(source, _lane, new(IntakeOutcome.Written, 0, Refusals.Count(_lane), null));
        await sink.Send(_lane.Records, static () => { });
    }

    private Text TextOf(string text) => _lane.Points.AddText(Encoding.UTF8.GetBytes(text));
}
