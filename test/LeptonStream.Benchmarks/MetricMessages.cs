using System.Text;
using LeptonStream.Samples;

namespace LeptonStream.Benchmarks;

/// <summary>Messages in the native format: noise about a level, a fleet of entities in turn.</summary>
internal sealed class MetricMessages(int entities, int metricsEach)
{
    private readonly Random _random = new(1);
    private readonly StringBuilder _text = new();
    private int _next;

    public static Timestamp Start { get; } = Timestamp.FromUnixSeconds(1_760_000_000);

    /// <summary>The log time at which none of the messages lies in the future.</summary>
    public static Timestamp LogTime { get; } = Start + TimeSpan.FromDays(300);

    public string KeyOfNext => $"model-{_next % entities % 64}";

    public byte[] Next()
    {
        var entity = _next % entities;
        var tick = _next++ / entities;
        var time = (Start + TimeSpan.FromSeconds(15 * tick)).UnixMilliseconds;
        _text.Clear().Append(System.Globalization.CultureInfo.InvariantCulture,
            $$"""{"model":"model-{{entity % 64}}","ts":{{time}},"labels":{"instance":"gpu-{{entity}}"},"metrics":{""");
        for (var m = 0; m < metricsEach; m++)
        {
            if (m > 0) _text.Append(',');
            _text.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"\"metric_{m}\":{100 + ((_random.NextDouble() + _random.NextDouble() + _random.NextDouble()) * 10):F3}");
        }

        return Encoding.UTF8.GetBytes(_text.Append("}}").ToString());
    }
}
