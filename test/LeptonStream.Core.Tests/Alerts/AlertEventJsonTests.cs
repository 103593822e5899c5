using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detection;
using LeptonStream.Core.Tests.Detection.EarlyWarning;
using LeptonStream.Core.Tests.Detection.Entities;
using LeptonStream.Core.Tests.Updates;
using LeptonStream.Detection;
using LeptonStream.Detection.Gaps;
using LeptonStream.Testing;
using NJsonSchema;

namespace LeptonStream.Core.Tests.Alerts;

/// <summary>
/// The wire form of events. A change of an approved sample is a change of the contract: look at the difference, then run with
/// LEPTON_APPROVE=1 to accept it.
/// </summary>
public sealed class AlertEventJsonTests
{
    private static readonly IReadOnlyDictionary<string, AlertEvent> Samples = MakeSamples();

    private static readonly JsonSerializerOptions ForPeople = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [TestCase(null)]
    [TestCase(86_400.0)]
    public void TryRead_TheIntervalOfASeries_IsReadAsWritten(double? seconds)
    {
        var written = AlertEventJson.Write(AlertEvents.Opened("eval") with { IntervalSeconds = seconds });

        Assert.That(AlertEventJson.TryRead(written, out var read, out _), Is.True);
        Assert.That(read!.IntervalSeconds, Is.EqualTo(seconds));
        var text = Encoding.UTF8.GetString(written);
        Assert.That(text.Contains("intervalSeconds", StringComparison.Ordinal), Is.EqualTo(seconds is not null));
    }

    [TestCase("opened")]
    [TestCase("resolved")]
    [TestCase("not-a-number")]
    [TestCase("early-warning")]
    [TestCase("early-warning-withdrawn")]
    [TestCase("entity")]
    [TestCase("state-gap")]
    [TestCase("superseded")]
    [TestCase("model-update")]
    public void Write_OfASample_IsAsApproved(string name)
    {
        var path = Path.Combine(SharedFolder.RepositoryRoot, "test", "LeptonStream.Core.Tests", "Alerts", "Approved", name + ".json");
        var written = Indented(AlertEventJson.Write(Samples[name]));
        if (Environment.GetEnvironmentVariable("LEPTON_APPROVE") == "1") File.WriteAllText(path, written);
        Assert.That(written, Is.EqualTo(File.ReadAllText(path)));
    }

    [TestCase("opened")]
    [TestCase("resolved")]
    [TestCase("not-a-number")]
    [TestCase("early-warning")]
    [TestCase("early-warning-withdrawn")]
    [TestCase("entity")]
    [TestCase("state-gap")]
    [TestCase("superseded")]
    [TestCase("model-update")]
    public async Task Write_OfASample_FulfilsTheSchema(string name)
    {
        var schema = await JsonSchema.FromFileAsync(Path.Combine(SharedFolder.RepositoryRoot, "docs", "alert-event.schema.json"));
        Assert.That(schema.Validate(Encoding.UTF8.GetString(AlertEventJson.Write(Samples[name]))), Is.Empty);
        Assert.That(schema.Validate("""{"id":"1"}"""), Is.Not.Empty);
    }

    [TestCase("opened")]
    [TestCase("resolved")]
    [TestCase("not-a-number")]
    [TestCase("early-warning")]
    [TestCase("early-warning-withdrawn")]
    [TestCase("entity")]
    [TestCase("state-gap")]
    [TestCase("superseded")]
    [TestCase("model-update")]
    public void Read_OfWhatWasWritten_WritesTheSameAgain(string name)
    {
        var bytes = AlertEventJson.Write(Samples[name]);
        Assert.That(AlertEventJson.TryRead(bytes, out var read, out var error), Is.True, error);
        Assert.That(AlertEventJson.Write(read!), Is.EqualTo(bytes));
    }

    [TestCase("", "not JSON in line 1 at byte 0")]
    [TestCase("{\n\"id\": x", "not JSON in line 2 at byte 6")]
    [TestCase("[]", "there is no 'source'")]
    [TestCase("{\"source\":{}}", "there is no 'explanation'")]
    [TestCase("{\"\\ud800aaaaaaaaaaaaaaaa\":1}", "the name of a field is no text")]
    [TestCase("{\"source\":{\"\\udfffaaaaaaaaaaaa\":1},\"explanation\":{},\"alertmanager\":{}}", "there is no 'id'")]
    public void Read_OfAnythingElse_SaysWhatIsWrong(string text, string expected)
    {
        Assert.That(AlertEventJson.TryRead(Encoding.UTF8.GetBytes(text), out _, out var error), Is.False);
        Assert.That(error, Is.EqualTo(expected));
    }

    [Test]
    public void Read_OfAnEventWithOneFieldOfAnotherTypeOrWithout_NamesTheField(
        [Values("opened", "resolved", "early-warning", "entity", "model-update")] string name,
        [Values("true", "[1.5]", "\"x\"", null)] string? other)
    {
        var refused = 0;
        foreach (var path in Paths(Sample()))
        {
            var changed = Sample();
            var parent = path.SkipLast(1).Aggregate((JsonNode)changed, (node, field) => node[field]!).AsObject();
            // What stands in the place of an object has none of its fields.
            var hasFields = parent[path[^1]] is JsonObject or JsonArray && other is not null;
            if (other is null) parent.Remove(path[^1]);
            else parent[path[^1]] = JsonNode.Parse(other);

            if (AlertEventJson.TryRead(Encoding.UTF8.GetBytes(changed.ToJsonString()), out _, out var error)) continue;
            refused++;
            Assert.That(error, hasFields
                ? Does.Contain($"'{path[^1]}'").Or.StartsWith("there is no '")
                : Does.Contain($"'{path[^1]}'"), string.Join('.', path));
        }

        Assert.That(refused, Is.AtLeast(15));

        JsonObject Sample() => JsonNode.Parse(AlertEventJson.Write(Samples[name]))!.AsObject();
    }

    [Test]
    public void Read_OfAFieldWithANumberForAWord_NamesTheField()
    {
        var text = Encoding.UTF8.GetString(AlertEventJson.Write(Samples["opened"])).Replace("\"severity\":\"critical\"",
            "\"severity\":3", StringComparison.Ordinal);
        Assert.That(AlertEventJson.TryRead(Encoding.UTF8.GetBytes(text), out _, out var error), Is.False);
        Assert.That(error, Is.EqualTo("'severity' can't be read from this JSON Number"));
    }

    [Test]
    public void Explanation_OfEverySample_IsInBothLanguages()
    {
        foreach (var alert in Samples.Values)
        {
            Assert.That(alert.English.Summary, Does.Match("^[\x20-\x7E°µ]+$"));
            Assert.That(alert.Chinese.Summary, Does.Match(@"\p{IsCJKUnifiedIdeographs}"));
            Assert.That(alert.Chinese.Actions, Has.Count.EqualTo(alert.English.Actions.Count));
        }
    }

    // Fields of objects; the entries of labels and of lists are data.
    private static IEnumerable<string[]> Paths(JsonObject json) => json.SelectMany(field =>
        field is { Key: "source" or "explanation" or "alertmanager" or "en" or "zh-CN", Value: JsonObject inner }
            ? Paths(inner).Select(below => (string[])[field.Key, .. below]).Prepend([field.Key])
            : [[field.Key]]);

    private static Dictionary<string, AlertEvent> MakeSamples()
    {
        var driver = new PipelineTestDriver();
        void Send(double value) => driver.Step("llama-70b", "ttft_p99_ms", value, labels: """{"instance":"gpu-7","service":"chat"}""");
        for (var i = 0; i < 300; i++) Send(180 + (i * 7 % 13));
        for (var i = 0; i < 6; i++) Send(365);
        for (var i = 0; i < 12; i++) Send(180 + (i * 7 % 13));
        var loss = new PipelineTestDriver();
        for (var i = 0; i < 200; i++) loss.Step("llama-7b-pretrain", "loss", 2 + (i * 7 % 13 / 100.0), seconds: 15);
        loss.Step("llama-7b-pretrain", "loss", double.NaN, seconds: 15);
        var entity = new EntityDriver(3);
        entity.Send(1500);
        entity.Send(3, (metric, noise) => metric < 2 ? noise + 2.5 : noise);
        return new()
        {
            ["opened"] = driver.Events.First(e => e.Type == AlertEventType.Opened),
            ["resolved"] = driver.Events.Last(e => e.Type == AlertEventType.Resolved),
            ["not-a-number"] = loss.Events.Single(),
            ["entity"] = entity.Events.First(),
            ["state-gap"] = Gap(driver)[0],
            ["superseded"] = Gap(driver)[1],
            ["model-update"] = ModelUpdate(),
            ["early-warning"] = EarlyWarnings.Leak()[0],
            ["early-warning-withdrawn"] = EarlyWarnings.Leak()[^1],
        };
    }

    private static List<AlertEvent> Gap(PipelineTestDriver driver)
    {
        var open = driver.Events.First(e => e.Type == AlertEventType.Opened);
        var gap = new StateGap(StateGapCause.NoSnapshot, 318, 318, open.DetectedAt + TimeSpan.FromMinutes(5),
            "offset 318 is committed, and there is no snapshot");
        var events = new List<AlertEvent>();
        new PartitionPipeline("lepton.metrics", 0, DetectionPolicy.Default).Tell(gap, [open], events);
        return events;
    }

    private static AlertEvent ModelUpdate()
    {
        var driver = new UpdateDriver(1);
        driver.Run("v1", 50);
        driver.Run("v2", 3, latency: 260);
        return driver.Events[0];
    }

    private static string Indented(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        // Points on one line each would be as long as the rest: they are checked by the round trip.
        var fields = document.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Name == "points"
            ? (object)LastTwo(p.Value)
            : p.Value);
        return JsonSerializer.Serialize(fields, ForPeople) + "\n";
    }

    private static JsonElement[] LastTwo(JsonElement points) => [.. points.EnumerateArray().TakeLast(2)];
}
