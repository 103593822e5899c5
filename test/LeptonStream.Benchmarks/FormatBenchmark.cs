using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using LeptonStream.Collector.Points;
using LeptonStream.Testing.Otlp;

namespace LeptonStream.Benchmarks;

/// <summary>
/// The collector's formats: nanoseconds and allocated bytes for a sample of a payload of 1,000, beside the parse alone of
/// Google.Protobuf and JsonSerializer. One thread, the same payload again and again, in turns.
/// </summary>
internal static class FormatBenchmark
{
    private const int Samples = 1000;
    private const int Rounds = 7;
    /// <summary>The time of all points of <see cref="Otlp"/>.</summary>
    public const ulong Time = 1763856000000000000;

    private sealed record Telegraf(string Name, Dictionary<string, string> Tags, Dictionary<string, double> Fields, long Timestamp);

    private sealed record Native(string Model, string Ts, Dictionary<string, string> Labels, Dictionary<string, double> Metrics);

    private static readonly JsonSerializerOptions CamelCase = new(JsonSerializerDefaults.Web);

    // What was parsed goes somewhere, else nothing would have to be parsed.
    private static object? _parsed;

    public static void Run(Report report, bool quick)
    {
        var otlp = Otlp();
        var telegraf = Telegrafs();
        var native = Natives();
        Compare(report, quick, "otlp_proto", otlp, "Google.Protobuf", () => MetricsData.Parser.ParseFrom(otlp));
        Compare(report, quick, "influx", Influx());
        Compare(report, quick, "prometheus_text", Page());
        Compare(report, quick, "prometheus_remote_write", RemoteWrite());
        Compare(report, quick, "otlp_json", Encoding.UTF8.GetBytes(OtlpJson()));
        Compare(report, quick, "telegraf_json", telegraf, "JsonSerializer", () => Parse<Telegraf[]>(telegraf));
        Compare(report, quick, "native_json", native, "JsonSerializer", () => Parse<Native[]>(native));
    }

    private static object Parse<T>(byte[] json) => JsonSerializer.Deserialize<T>(json, CamelCase)!;

    private static void Compare(Report report, bool quick, string name, byte[] payload, string peer = "", Func<object>? parse = null)
    {
        Report.Progress($"format {name}, {payload.Length:N0} bytes");
        var format = new FormatCatalog().ByName(name)!;
        var batch = new PointBatch();
        var times = quick ? 200 : 2000;
        List<double> ours = [], theirs = [];
        long allocated = 0, theirBytes = 0;
        // The first rounds warm up: tiers of the compiler, arrays of the batch.
        for (var round = -2; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var spent = NsOf(times, () => Read(format, batch, payload));
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (round >= 0) ours.Add(spent);
            if (parse is null) continue;
            before = GC.GetAllocatedBytesForCurrentThread();
            spent = NsOf(times, () => _parsed = parse());
            theirBytes = GC.GetAllocatedBytesForCurrentThread() - before;
            if (round >= 0) theirs.Add(spent);
        }

        var ns = Middle(ours);
        report.Add($"format-{name}Ns", $"format {name}", ns, "ns/sample",
            string.Create(CultureInfo.InvariantCulture, $"{(double)allocated / times / Samples:F3} B a sample"));
        if (parse is null) return;
        report.Add($"format-{name}Ratio", $"{peer} ÷ ours, {name}", Middle(theirs) / ns, "x", string.Create(
            CultureInfo.InvariantCulture, $"its parse alone {Middle(theirs):F0} ns, {(double)theirBytes / times / Samples:F0} B a sample"));
    }

    private static void Read(IPayloadFormat format, PointBatch batch, byte[] payload)
    {
        batch.Clear();
        if (format.Read(payload, batch, FormatLimits.Default) != FormatOutcome.Taken || batch.Points.Length != Samples)
            throw new InvalidOperationException($"{format.Name}: {batch.Points.Length} points");
    }

    private static double NsOf(int times, Action run)
    {
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < times; i++) run();
        return watch.Elapsed.TotalNanoseconds / times / Samples;
    }

    private static double Middle(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>A thousand points: ten metrics of a hundred instances.</summary>
    public static byte[] Otlp()
    {
        var scope = new ScopeMetrics { Scope = new() { Name = "vllm", Version = "1" } };
        for (var m = 0; m < 10; m++)
        {
            var gauge = new Gauge();
            for (var i = 0; i < Samples / 10; i++)
            {
                var point = new NumberDataPoint { TimeUnixNano = Time, StartTimeUnixNano = Time, AsDouble = i * 1.25 };
                (string, string)[] labels = [("gpu.index", $"{i % 8}"), ("engine", "0"), ("instance", $"gpu-{i}:9400")];
                foreach (var (key, value) in labels)
                    point.Attributes.Add(new KeyValue { Key = key, Value = new() { StringValue = value } });
                gauge.DataPoints.Add(point);
            }

            scope.Metrics.Add(new Metric { Name = $"vllm.metric.{m}", Unit = "1", Gauge = gauge });
        }

        var resource = new ResourceMetrics { Resource = new() };
        resource.Resource.Attributes.Add(new KeyValue { Key = "service.name", Value = new() { StringValue = "llama-70b" } });
        resource.ScopeMetrics.Add(scope);
        return new MetricsData { ResourceMetrics = { resource } }.ToByteArray();
    }

    private static string Gpu(int number) => $$$"""{"key":"gpu","value":{"intValue":"{{{number}}}"}}""";

    private static string OtlpJson()
    {
        var points = Enumerable.Range(0, Samples).Select(i => string.Create(CultureInfo.InvariantCulture,
            $$$"""{"timeUnixNano":"{{{Time}}}","asDouble":{{{i * 1.25}}},"attributes":[{{{Gpu(i % 8)}}}]}"""));
        return $$$"""
            {"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"m"}}]},
            "scopeMetrics":[{"metrics":[{"name":"m","gauge":{"dataPoints":[{{{string.Join(',', points)}}}]}}]}]}]}
            """;
    }

    private static byte[] Influx() => Lines(Samples / 10, i =>
        $"gpu,host=gpu-{i},model=llama-70b,index={i % 8} "
        + string.Join(',', Enumerable.Range(0, 10).Select(f => string.Create(CultureInfo.InvariantCulture, $"field{f}={i + (f * 0.25)}")))
        + $" {Time}");

    private static byte[] Page() => Encoding.UTF8.GetBytes("# TYPE vllm:running gauge\n" + Encoding.UTF8.GetString(Lines(Samples, i =>
        string.Create(CultureInfo.InvariantCulture, $"vllm:running{{model_name=\"m\",engine=\"{i}\",gpu=\"{i % 8}\"}} {i * 1.25}"))));

    private static byte[] Telegrafs() => Array(Samples / 10, i =>
        $$$"""{"fields":{{{{Fields(i)}}}},"name":"gpu","tags":{"host":"gpu-{{{i}}}","model":"m"},"timestamp":1763856000}""");

    private static byte[] Natives() => Array(Samples / 10, i =>
        $$$"""{"model":"m","ts":"2025-11-23T00:00:00Z","labels":{"host":"gpu-{{{i}}}"},"metrics":{{{{Fields(i)}}}}}""");

    private static string Fields(int i) => string.Join(',',
        Enumerable.Range(0, 10).Select(f => string.Create(CultureInfo.InvariantCulture, $"\"field{f}\":{i + (f * 0.25)}")));

    private static byte[] Array(int count, Func<int, string> one) =>
        Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Range(0, count).Select(one)) + "]");

    private static byte[] Lines(int count, Func<int, string> one) =>
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, count).Select(i => one(i) + "\n")));

    // WriteRequest { TimeSeries = 1 { Label = 1 { name, value }, Sample = 2 { value, time } } }, by hand.
    private static byte[] RemoteWrite()
    {
        using var request = new MemoryStream();
        using var output = new CodedOutputStream(request);
        for (var i = 0; i < Samples; i++)
            Message(output, 1, Series(i));
        output.Flush();
        return Snappier.Snappy.CompressToArray(request.ToArray());
    }

    private static byte[] Series(int i)
    {
        using var series = new MemoryStream();
        using var output = new CodedOutputStream(series);
        (string, string)[] labels = [("__name__", "vllm:running"), ("engine", $"{i}"), ("model_name", "llama-70b")];
        foreach (var (name, value) in labels)
            Message(output, 1, Pair(name, value));
        using var sample = new MemoryStream();
        using var inner = new CodedOutputStream(sample);
        inner.WriteTag(1, WireFormat.WireType.Fixed64);
        inner.WriteDouble(i * 1.25);
        inner.WriteTag(2, WireFormat.WireType.Varint);
        inner.WriteInt64(1763856000000);
        inner.Flush();
        Message(output, 2, sample.ToArray());
        output.Flush();
        return series.ToArray();
    }

    private static byte[] Pair(string name, string value)
    {
        using var pair = new MemoryStream();
        using var output = new CodedOutputStream(pair);
        output.WriteTag(1, WireFormat.WireType.LengthDelimited);
        output.WriteString(name);
        output.WriteTag(2, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
        output.Flush();
        return pair.ToArray();
    }

    private static void Message(CodedOutputStream output, int field, byte[] message)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(message));
    }
}
