using System.Globalization;
using System.Text;
using Confluent.Kafka;

namespace LeptonStream.Testing;

/// <summary>Records for the metrics topic.</summary>
public static class MetricStream
{
    /// <summary>
    /// Messages of one model and one metric, a minute apart: a steady wave, or a value given by <paramref name="special"/>.
    /// </summary>
    public static IEnumerable<Message<byte[]?, byte[]?>> Of(
        string model, int count, Func<int, double?>? special = null, int from = 0, string metric = "ttft_p99_ms")
    {
        var start = new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
        for (var i = from; i < from + count; i++)
        {
            var time = start.AddMinutes(i);
            var value = special?.Invoke(i) ?? 200 + (10 * Math.Sin(i * 0.7));
            var text = double.IsFinite(value)
                ? value.ToString("R", CultureInfo.InvariantCulture)
                : $"\"{value.ToString(CultureInfo.InvariantCulture)}\"";
            yield return new()
            {
                Key = Encoding.UTF8.GetBytes(model),
                Value = Encoding.UTF8.GetBytes(
                    $$$"""{"model":"{{{model}}}","ts":"{{{time:yyyy-MM-ddTHH:mm:ssZ}}}","metrics":{"{{{metric}}}":{{{text}}}}}"""),
                Timestamp = new Timestamp(time),
            };
        }
    }
}
