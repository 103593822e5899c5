using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using LeptonStream.Collector;
using LeptonStream.Collector.Edge;
using LeptonStream.Collector.Http;
using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Output;
using LeptonStream.Collector.Points;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace LeptonStream.Roles.Tests.Collector;

/// <summary>Room for a body and its records: a payload alone is taken or refused for good, and never asked to come again.</summary>
public sealed class IntakeRoomTests : IRecordSink
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(55));
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private IntakeMapping _mapping = new();
    private int _records;

    [OneTimeTearDown]
    public void Stop() => _services.Dispose();

    [TestCase(1, 40, 200)]
    [TestCase(4, 40, 200)]
    [TestCase(4, 700, 413)]
    public async Task Take_APayloadAlone_OnAnEdge_IsAnsweredForGood(int fields, int labelBytes, int status)
    {
        const int Lines = 20_000;
        var options = EdgeOptions();
        options.MaxBodyBytes = options.MaxDecompressedBytes;
        var memory = new MemoryBudget(options.MaxPendingBytes);
        var source = new IntakeSource("a", options, _time);
        var values = string.Join(',', Enumerable.Range(0, fields).Select(i => $"field{i}=1.5"));
        var rack = new string('r', labelBytes);
        var second = _time.GetUtcNow().ToUnixTimeSeconds() - Lines;
        var text = string.Concat(Enumerable.Range(0, Lines).Select(i => string.Create(CultureInfo.InvariantCulture,
            $"measurement,model=llama-70b,host=gpu-node-0001,rack={rack} {values} {second + i}\n")));

        var http = new DefaultHttpContext();
        http.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(text));
        var (body, problem) = await RequestBody.Read(http.Request, options.MaxBodyBytes, source.Memory, memory);
        Assert.That(problem?.Reason, Is.Null);
        var intake = new PayloadIntake(_mapping, this, Options.Create(options),
            new CollectorMetrics(_services.GetRequiredService<IMeterFactory>(), memory, _mapping), _time,
            NullLogger<PayloadIntake>.Instance);
        using (body)
        {
            var report = await intake.Take(new(body!.Bytes, "", "influx", source, new SourceContext("write"), body.TryTake, body.GiveBack,
                body.HandOver));
            Assert.That(report.Status, Is.EqualTo(status), report.Reason);
        }

        Assert.That((memory.Used, source.Memory.Used, _records > 0), Is.EqualTo((0L, 0L, status == 200)));
    }

    [Test]
    public void Memory_OfAPayloadThatGrows_IsItsOwnAlone()
    {
        var memory = new MemoryBudget(100);
        Assert.That(memory.TryTake(60) && memory.TryTake(60, held: 60), Is.True);
        Assert.That(memory.TryTake(1), Is.False, "of another");
        memory.Release(120);
        Assert.That(memory.TryTake(60) && memory.TryTake(30), Is.True);
        Assert.That(memory.TryTake(60, held: 60), Is.False, "another one holds some");
    }

    [TestCase("prometheus_text", "# TYPE $ histogram\n$_bucket{@,le=\"+Inf\"} %\n$_sum{@} %\n$_count{@} %\n")]
    [TestCase("prometheus_text", "# TYPE $ summary\n${@,quantile=\"0.5\"} 1\n${@,quantile=\"0.999\"} 1\n$_sum{@} %\n$_count{@} %\n")]
    [TestCase("prometheus_text", "# TYPE $ gauge\n${@} 0.12345678901234567\n")]
    [TestCase("victoriametrics_json", """{"metric":{"__name__":"$_total","model":"m"},"values":[%],"timestamps":[!]}""")]
    [TestCase("native_json", """{"model":"m","labels":{"host":"h"},"metrics":{"a":-1.7976931348623157E+308,"b":1}}""")]
    [TestCase("native_json", """{"model":"m","distributions":{"x":{"categories":{"a":1,"b":2}}}}""")]
    public void AtMost_OfAnyKind_IsNoLessThanItsRecords(string format, string text)
    {
        var lane = new IntakeLane();
        for (var i = 0; i < 3; i++)
        {
            var number = (1e15 + (i * 12345)).ToString(CultureInfo.InvariantCulture);
            var at = _time.GetUtcNow().ToUnixTimeMilliseconds() + (i * 15_000);
            var labels = "model=\"m\"" + string.Concat(Enumerable.Range('a', 20).Select(c => $",{(char)c}=\"1\""));
            // A long name stands in each metric, and short labels have more marks than letters.
            var payload = text.Replace("$", new string('n', 150), StringComparison.Ordinal)
                .Replace("@", labels, StringComparison.Ordinal)
                .Replace("%", number, StringComparison.Ordinal)
                .Replace("!", at.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            lane.Begin();
            lane.Read(lane.Formats.ByName(format)!, Encoding.UTF8.GetBytes(payload), FormatLimits.Default);
            var most = RecordSizes.AtMost(lane.Points);
            _mapping.Map(lane, new SourceContext("sizes"), "", at * 1_000_000);
            lane.Write(null);
            Assert.That(lane.RecordBytes, Is.LessThanOrEqualTo(most), () => Encoding.UTF8.GetString(lane.Records[0].Value!));
        }

        Assert.That(lane.Records, Is.Not.Empty);
    }

    string? IRecordSink.Trouble => null;

    Task<SendResult> IRecordSink.Send(IReadOnlyList<Message<byte[]?, byte[]?>> records, Action release)
    {
        _records += records.Count;
        release();
        return Task.FromResult(SendResult.Nothing);
    }

    [SetUp]
    public void Begin() => (_mapping, _records) = (new(), 0);

    private static CollectorOptions EdgeOptions()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddEdge(new ConfigurationBuilder().Build());
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<CollectorOptions>>().Value;
    }
}
