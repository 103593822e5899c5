using System.Globalization;
using System.Text;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detection;

/// <summary>
/// Records as bugs and attackers make them, from a seed: sound messages with wild values, times, steps and labels, some of them broken.
/// </summary>
internal sealed class HostileProducer(int seed, bool extremes)
{
    private static readonly string[] Metrics =
    [
        "loss", "grad_norm", "learning_rate", "tokens_per_second", "step_time_s", "DCGM_FI_DEV_GPU_TEMP", "DCGM_FI_DEV_XID_ERRORS",
        "requests_total", "vllm:gpu_cache_usage_perc", "ttft_p99_ms", "x", "y",
    ];

    private static readonly string[] Words =
        ["\"NaN\"", "\"Infinity\"", "\"-Infinity\"", "NaN", "-inf", "null", "0", "-0.0", "9223372036854775794", "140737488355328"];

    private static readonly string[] Ends =
        ["1.7976931348623157e308", "-1.7976931348623157e308", "1.7e308", "-1.7e308", "5e-324", "-5e-324", "1e-300", "1e200", "-1e155"];

    private readonly Random _random = new(seed);
    private long _step;

    /// <summary>Log time of the record made last.</summary>
    public Timestamp Now { get; private set; } = Timestamp.FromUnixSeconds(1795341600);

    public byte[] Next()
    {
        Now += TimeSpan.FromSeconds(_random.Next(1000) switch { 0 => 86_400 * _random.Next(1, 20), < 5 => 3600, < 500 => 0, _ => 15 });
        var message = string.Join('\n', Enumerable.Range(0, _random.Next(20) == 0 ? 3 : 1).Select(_ => Entity()));
        if (_random.Next(30) == 0) message = $"[{message.Replace('\n', ',')}]";
        var bytes = Encoding.UTF8.GetBytes(message);
        if (_random.Next(10) == 0) Break(bytes);
        return bytes;
    }

    private string Entity()
    {
        var skew = _random.Next(200) switch { 0 => -86_400_000L, 1 => 500_000, 2 => 5_000_000, < 20 => -_random.Next(60_000), _ => 0 };
        var time = Now.UnixMilliseconds + skew;
        var labels = _random.Next(2000) == 0
            ? Many(32, i => $"\"l{i}\":\"{new string('é', 512)}\"")
            : $"\"host\":\"{(char)('a' + _random.Next(4))}\",\"gpu\":{_random.Next(8)}";
        var step = _random.Next(4) == 0 ? $"\"step\":{(_random.Next(50) == 0 ? _random.NextInt64() : _step++)}," : "";
        var metrics = _random.Next(5000) == 0
            ? Many(1024, i => $"\"m{i}\":\"NaN\"")
            : Many(_random.Next(1, 5), _ => $"\"{Metrics[_random.Next(Metrics.Length)]}\":{Value()}");
        return $$$"""{"model":"m{{{_random.Next(3)}}}","ts":{{{time}}},{{{step}}}"labels":{ {{{labels}}} },"metrics":{ {{{metrics}}} } }""";
    }

    private string Value() => _random.Next(20) switch
    {
        0 => Words[_random.Next(Words.Length)],
        1 when extremes => Ends[_random.Next(Ends.Length)],
        2 => (_random.NextDouble() * Math.Pow(10, _random.Next(-9, 9))).ToString("R", CultureInfo.InvariantCulture),
        3 => "100",
        _ => (100 + _random.NextDouble()).ToString("R", CultureInfo.InvariantCulture),
    };

    private void Break(byte[] bytes)
    {
        for (var k = _random.Next(1, 4); k > 0; k--) bytes[_random.Next(bytes.Length)] = (byte)_random.Next(256);
    }

    private static string Many(int count, Func<int, string> part) => string.Join(',', Enumerable.Range(0, count).Select(part));
}
