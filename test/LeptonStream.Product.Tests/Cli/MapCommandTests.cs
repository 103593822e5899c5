using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Cli;

/// <summary>
/// Payloads that real programs sent, as <c>lepton map</c> shows them; the approved texts are in Approved, and LEPTON_APPROVE=1 writes them.
/// </summary>
[Parallelizable(ParallelScope.All)]
internal sealed class MapCommandTests
{
    private static readonly string Approved =
        Path.Combine(SharedFolder.RepositoryRoot, "test", "LeptonStream.Product.Tests", "Cli", "Approved");

    [TestCase("otlp", "otlp_proto-*.bin")]
    [TestCase("otlp", "otlp_json-*.json")]
    [TestCase("otlp", "sent.json")]
    [TestCase("telegraf", "influx-*.lp")]
    [TestCase("telegraf", "json-ms-*.json")]
    [TestCase("telegraf", "json-s-*.json")]
    [TestCase("prometheus", "rw1-*.bin")]
    [TestCase("prometheus", "rw2-*.bin")]
    public async Task Map_CapturedPayloads_ShowsTheSamplesThatWereApproved(string folder, string pattern)
    {
        var captures = Path.Combine(SharedFolder.Require("data/wire-captures"), folder);
        string[] files = [.. Directory.GetFiles(captures, pattern).Where(file => !file.EndsWith(".meta.json", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];
        var result = await LeptonProcess.Run(["map", .. files, "--source", "capture"]);
        var text = result.Output.Replace(captures + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);

        var approved = Path.Combine(Approved, $"map-{folder}-{pattern.Replace("*", "n", StringComparison.Ordinal)}.txt");
        if (Environment.GetEnvironmentVariable("LEPTON_APPROVE") == "1") await File.WriteAllTextAsync(approved, text);
        Assert.That(text, Is.EqualTo(await File.ReadAllTextAsync(approved)));
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
    }

    [Test]
    public async Task Map_APayloadOfNothingKnown_EndsWithOneAndSaysWhy()
    {
        var file = SharedFolder.Require("data/wire-captures/alertmanager/webhook-1.json");
        var result = await LeptonProcess.Run("map", file);
        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Output, Does.Contain("Nothing can be read. The formats are otlp_proto, "));
    }

    [TestCase("""{"fields":{"state":"up"},"name":"cpu","timestamp":1796000000}""", "TextValue")]
    [TestCase("""cpu state="up" 1796000000000000000""", "TextValue")]
    [TestCase("""{"metric":{"__name__":"up"},"values":[null],"timestamps":[1796000000000]}""", "NoValue")]
    public async Task Map_NothingButTextsAndNulls_NamesThem(string payload, string reason)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, payload);
        var result = await LeptonProcess.Run("map", file);
        File.Delete(file);
        Assert.That(result.Output, Does.Contain(reason));
    }

    [Test]
    public async Task Map_TwoPagesAsJson_HasRatesInTheSecond()
    {
        var folder = Directory.CreateTempSubdirectory("lepton-map").FullName;
        string[] files = [Path.Combine(folder, "1.prom"), Path.Combine(folder, "2.prom")];
        for (var i = 0; i < 2; i++)
            await File.WriteAllTextAsync(files[i], "# TYPE vllm:generation_tokens_total counter\n"
                + $"vllm:generation_tokens_total{{model_name=\"m\"}} {1000 + (i * 300)}\n");
        var result = await LeptonProcess.Run(["map", .. files, "--json"]);
        Directory.Delete(folder, recursive: true);
        Assert.That(result.Output, Does.Contain("\"metric\":\"infer.tokens_out\",\"value\":20,"));
        Assert.That(result.Output, Does.Contain("\"reason\":\"Baseline\""));
    }

    [TestCase(false, "distribution: age of m")]
    [TestCase(true, "{\"type\":\"distribution\",\"series\":\"age of m\"}")]
    public async Task Map_ANativeMessageOfDistributions_ShowsThem(bool asJson, string expected)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file,
            """{"model":"m","ts":1790553600,"distributions":{"age":{"bounds":[0,1,2],"counts":[5,7]}}}""");
        var result = await LeptonProcess.Run(["map", file, .. asJson ? (string[])["--json"] : []]);
        File.Delete(file);
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(result.Output.Split('\n'), Has.Member(expected));
    }

    [TestCase("--format", "otpl", "--format is 'otpl': there are otlp_proto, otlp_json")]
    [TestCase("--collector-config", "no-such.yaml", "no-such.yaml can't be read")]
    public async Task Map_AWrongOption_SaysWhatIsAllowed(string option, string value, string message)
    {
        var file = SharedFolder.Require("data/wire-captures/otlp/sent.json");
        var result = await LeptonProcess.Run("map", file, option, value);
        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Error, Does.Contain(message));
    }
}
