using System.Globalization;
using System.Text;
using Confluent.Kafka;

namespace LeptonStream.Roles.Tests.Detector.Upgrade;

/// <summary>
/// A small fleet for one partition, a record a minute: four GPUs of a host, compared with each other, and a training run. From
/// <see cref="TroubleFrom"/> to before <see cref="TroubleTo"/> one GPU is hot. It must never change: dumps hold its first part.
/// </summary>
internal static class UpgradeStory
{
    public const int TroubleFrom = 200;
    public const int TroubleTo = 300;

    /// <summary>Records of which the version before judged, with the alert open.</summary>
    public const int Before = 250;

    public const int All = 400;

    public const string HotMetric = "DCGM_FI_DEV_GPU_TEMP";

    private const int Gpus = 4;
    private const int Hot = 1;

    private static readonly DateTimeOffset Start = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    public static IEnumerable<Message<byte[]?, byte[]?>> Records(int from, int to)
    {
        for (var minute = from; minute < to; minute++)
        {
            var time = Start.AddMinutes(minute);
            var lines = Enumerable.Range(0, Gpus).Select(gpu => Serving(gpu, minute, time)).Append(Training(minute, time));
            yield return new()
            {
                Key = "llama"u8.ToArray(),
                Value = Encoding.UTF8.GetBytes(string.Join('\n', lines)),
                Timestamp = new Timestamp(time),
            };
        }
    }

    private static string Serving(int gpu, int minute, DateTimeOffset time)
    {
        var isHot = gpu == Hot && minute is >= TroubleFrom and < TroubleTo;
        var temperature = 61 + gpu + Noise(gpu, minute) + (isHot ? 25 : 0);
        return Message(time, $"\"host\":\"h\",\"gpu\":\"{gpu}\"", "",
            $"\"{HotMetric}\":{Number(temperature)},\"power_w\":{Number(300 + (5 * Noise(gpu + 7, minute)))}");
    }

    private static string Training(int minute, DateTimeOffset time)
    {
        var (loss, norm) = (2 + Math.Exp(-minute / 90.0) + (0.01 * Noise(20, minute)), 1 + (0.1 * Noise(21, minute)));
        return Message(time, "\"run\":\"r1\"", $"\"step\":{minute},", $"\"loss\":{Number(loss)},\"grad_norm\":{Number(norm)}");
    }

    private static string Message(DateTimeOffset time, string labels, string step, string metrics) =>
        $$$"""{"model":"llama","ts":"{{{time:yyyy-MM-ddTHH:mm:ssZ}}}",{{{step}}}"labels":{ {{{labels}}} },"metrics":{ {{{metrics}}} } }""";

    // −1..1, the same on each machine and in each version.
    private static double Noise(int source, int minute)
    {
        var bits = ((uint)minute * 2_654_435_761u) ^ ((uint)source * 40_503u * 97u);
        bits = (bits ^ (bits >> 15)) * 2_246_822_519u;
        bits ^= bits >> 13;
        return (bits / (double)uint.MaxValue * 2) - 1;
    }

    private static string Number(double value) => value.ToString("F3", CultureInfo.InvariantCulture);
}
