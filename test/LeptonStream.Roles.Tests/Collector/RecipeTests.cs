using System.Text;
using System.Text.Json.Nodes;
using LeptonStream.Collector.Mapping;
using LeptonStream.Testing;
using YamlDotNet.RepresentationModel;

namespace LeptonStream.Roles.Tests.Collector;

/// <summary>Each file of docs/send: run against a real collector where the test machine can, parsed where not.</summary>
[Parallelizable]
public sealed class RecipeTests
{
    private static readonly string Root = SharedFolder.RepositoryRoot;
    private static readonly string Folder = Path.Combine(Root, "docs", "send");

    private static IEnumerable<string> Files => Directory.GetFiles(Folder).Select(file => Path.GetFileName(file));

    [Test]
    public void Table_NamesEveryFile() => Assert.That(Files.Where(file => file != "README.md" && !Read("README.md").Contains($"]({file})")),
        Is.Empty);

    [TestCase("train.py", "llama-pretrain", "loss")]
    [TestCase("train.py", "llama-pretrain", "finished")]
    public async Task PythonLoop_Run_ItsMetricsAreInTheTopic(string script, string model, string metric)
    {
        using var rig = new CollectorRig().Start();

        await Run(rig, "python3", Path.Combine(Folder, script));

        Assert.That(Metrics(rig, model), Does.Contain(metric));
        Assert.That(StepsOf(rig, metric), Is.EqualTo(metric == "loss" ? Enumerable.Range(1, 20) : [20]), "no step is lost");
    }

    [TestCase("hugging_face", "llama-sft",
        "callback.on_log(None, NS(global_step=10, is_world_process_zero=True), None, logs={'loss': 2.5})")]
    [TestCase("lightning_run", "llama-dpo",
        "callback.on_train_batch_end(NS(global_step=10, is_global_zero=True, logged_metrics={'loss': 2.5}), None, None, None, 0)")]
    public async Task Callback_CalledAsItsTrainerDoes_SendsWhatWasLogged(string module, string model, string call)
    {
        using var rig = new CollectorRig().Start();
        var script = $"from types import SimpleNamespace as NS\nfrom {module} import callback, lepton\n{call}\n"
            + "assert lepton.flush(), lepton.error\n";

        await Run(rig, "python3", "-c", script);

        Assert.That(Metrics(rig, model), Does.Contain("loss"));
    }

    [Test]
    public async Task Shell_Run_EachWayIsInTheTopic()
    {
        using var rig = new CollectorRig().Start();

        await Run(rig, "sh", Path.Combine(Folder, "push.sh"));

        Assert.That(rig.Values(3), Has.Count.EqualTo(3));
        Assert.That(Metrics(rig, "llama-70b"), Is.SupersetOf((string[])["ttft_p99_ms", "eval_accuracy"]));
    }

    [Test]
    public async Task Deployment_Run_SaysTheVersionOfTheModel()
    {
        using var rig = new CollectorRig().Start();

        await Run(rig, "env", "VERSION=2.1", "sh", Path.Combine(Folder, "deploy.sh"), "ranker");

        Assert.That(rig.Values(1).Single(), Does.Contain("\"model\":\"ranker\"").And.Contain("\"model_version\":\"2.1\"}"));
    }

    [Test]
    public async Task PythonTests_OfTheFile_Pass()
    {
        var result = await ExternalProgram.Run("python3", ["-m", "unittest", "test_lepton"],
            new Dictionary<string, string>
            {
                ["PYTHONPATH"] = Path.Combine(Root, "integrations", "python"), ["PYTHONDONTWRITEBYTECODE"] = "1",
            }, TimeSpan.FromMinutes(2));

        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Error);
    }

    [Test]
    public void CollectorFile_IsSound()
    {
        Assert.That(CollectorFile.Read(Path.Combine(Folder, "collector.yaml"), out var errors), Is.Not.Null, string.Join('\n', errors));
    }

    [TestCase("otel-collector.yaml", "http://collector:4318")]
    [TestCase("otel-kafka.yaml", "otlp_metrics")]
    [TestCase("prometheus.yml", "http://collector:4318/api/v1/write")]
    [TestCase("vector.yaml", "http://collector:4318/api/v1/write")]
    public void Yaml_OfAProgram_IsReadAndPointsAtTheCollector(string file, string target)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Read(file)));

        Assert.That(yaml.Documents.Single().AllNodes.OfType<YamlScalarNode>().Select(node => node.Value), Does.Contain(target));
    }

    [Test]
    public async Task Toml_OfTelegraf_IsReadAndPointsAtTheCollector()
    {
        var result = await ExternalProgram.Run("python3",
            ["-c", "import sys, tomllib; print(tomllib.load(open(sys.argv[1], 'rb'))['outputs']['influxdb'][0]['urls'])",
                Path.Combine(Folder, "telegraf.conf")], new Dictionary<string, string>(), TimeSpan.FromMinutes(1));

        Assert.That(result.Output, Does.Contain("http://collector:4318"), result.Error);
    }

    private static async Task Run(CollectorRig rig, string program, params string[] arguments)
    {
        var result = await ExternalProgram.Run(program, arguments, new Dictionary<string, string>
        {
            ["LEPTON_COLLECTOR"] = rig.Http.BaseAddress!.ToString().TrimEnd('/'),
            ["PYTHONPATH"] = $"{Path.Combine(Root, "integrations", "python")}:{Folder}",
            ["PYTHONDONTWRITEBYTECODE"] = "1",
        }, TimeSpan.FromMinutes(1));
        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Error);
    }

    private static HashSet<string> Metrics(CollectorRig rig, string model) => [.. rig.Probe.Read(rig.Topics.Metrics, 1)
        .Where(record => Encoding.UTF8.GetString(record.Message.Key!) == model)
        .SelectMany(record => JsonNode.Parse(record.Message.Value)!["metrics"]!.AsObject().Select(metric => metric.Key))];

    // In the order of their times, each of which is another: the detector takes one sample of a series at a time.
    private static IEnumerable<int> StepsOf(CollectorRig rig, string metric) => rig.Values(21).Select(value => JsonNode.Parse(value)!)
        .Where(message => message["metrics"]![metric] is not null)
        .GroupBy(message => message["ts"]!.GetValue<long>() is var ts && ts < 100_000_000_000_000 ? ts * 1000 : ts)
        .OrderBy(at => at.Key).Select(at => at.Single()["step"]!.GetValue<int>());

    // Each command that a script's own text says, from the script's folder.
    [TestCaseSource(nameof(Files))]
    public async Task Command_OfAPythonFile_FindsLepton(string file)
    {
        if (Path.GetExtension(file) != ".py") return;
        var path = System.Text.RegularExpressions.Regex.Match(Read(file), "PYTHONPATH=([^ ]+)").Groups[1].Value;

        var result = await ExternalProgram.Run("python3", ["-B", "-c", "import lepton"],
            new Dictionary<string, string> { ["PYTHONPATH"] = Path.GetFullPath(Path.Combine(Folder, path)) }, TimeSpan.FromMinutes(1));

        Assert.That((path, result.ExitCode), Is.EqualTo(("../../integrations/python", 0)), result.Error);
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Folder, file));
}
