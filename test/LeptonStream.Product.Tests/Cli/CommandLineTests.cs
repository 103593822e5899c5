using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Cli;

/// <summary>The real program: what it says about itself, and what it refuses.</summary>
public sealed class CommandLineTests
{
    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("lepton-cli-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Run_WithoutArguments_ShowsTheCommandsAndIsWrongUsage()
    {
        var result = await LeptonProcess.Run();

        Assert.That(result.ExitCode, Is.EqualTo(2));
        foreach (var command in new[] { "collector", "edge", "detector", "notifier", "dashboard", "demo", "alerts", "ack", "assign", "note",
            "close", "verdict", "silence", "outbox", "actions", "token", "watch", "replay", "map", "backtest", "tune", "topics", "oncall",
            "series", "status", "doctor", "version", "completion" })
            Assert.That(result.Output, Does.Contain($"\n  {command} "));
    }

    [TestCase("collector", true)]
    [TestCase("edge", true)]
    [TestCase("detector", true)]
    [TestCase("notifier", true)]
    [TestCase("dashboard", true)]
    [TestCase("watch", true)]
    [TestCase("replay", true)]
    [TestCase("series", true)]
    [TestCase("map", true)]
    [TestCase("status", true)]
    [TestCase("doctor", true)]
    [TestCase("topics create", true)]
    [TestCase("topics check", false)]
    [TestCase("backtest", true)]
    [TestCase("tune", true)]
    [TestCase("demo", true)]
    [TestCase("version", false)]
    [TestCase("completion", true)]
    public async Task Help_OfEveryCommand_IsSoundAndDescribesIt(string command, bool examples)
    {
        var result = await LeptonProcess.Run([.. command.Split(' '), "--help"]);

        Assert.That(result.ExitCode, Is.Zero);
        Assert.That(result.Output, Does.Contain($"lepton {command}").And.Contain("Options:"));
        Assert.That(result.Output.Contains("Examples:", StringComparison.Ordinal), Is.EqualTo(examples));
        Assert.That(result.Error, Is.Empty);
    }

    [TestCase("help", "--help")]
    [TestCase("help config route", "config route --help")]
    public async Task Help_AsAWord_IsTheOption(string words, string option)
    {
        var (asked, wanted) = (await LeptonProcess.Run(words.Split(' ')), await LeptonProcess.Run(option.Split(' ')));

        Assert.That((asked.ExitCode, asked.Output, asked.Error), Is.EqualTo((0, wanted.Output, "")));
    }

    [Test]
    public async Task Help_OfReplay_ShowsNoInfinity()
    {
        var result = await LeptonProcess.Run("replay", "--help");

        Assert.That(result.Output, Does.Contain("--speed <FACTOR>").And.Contain("max (the default)").And.Not.Contain("Infinity"));
    }

    [TestCase("replay", "<PATH>")]
    [TestCase("backtest", "<PATH>")]
    [TestCase("watch", "<MATCHER>")]
    public async Task Help_OfAnArgument_NamesItAlikeInUsageAndInItsLine(string command, string argument)
    {
        var result = await LeptonProcess.Run(command, "--help");

        Assert.That(result.Output.Split('\n').Count(line => line.Contains(argument, StringComparison.Ordinal)), Is.AtLeast(2));
    }

    [Test]
    public async Task Version_IsSound()
    {
        var result = await LeptonProcess.Run("--version");

        Assert.That(result.ExitCode, Is.Zero);
        Assert.That(result.Output, Does.Match(@"^\d+\.\d+\.\d+"));
    }

    [Test]
    public async Task Version_Command_NamesTheProgramAndWhatItRunsOn()
    {
        var result = await LeptonProcess.Run("version");

        Assert.That(result.ExitCode, Is.Zero);
        Assert.That(result.Output, Does.Match(@"^lepton \d+\.\d+\.\d+\n\.NET \d+.*\nConfluent\.Kafka \d+\.\d+\.\d+\n$"));
    }

    [TestCase("bash", "complete -o default -F _lepton lepton")]
    [TestCase("zsh", "compdef _lepton lepton")]
    [TestCase("fish", "complete -c lepton")]
    public async Task Completion_OfAShell_IsItsScript(string shell, string line)
    {
        var result = await LeptonProcess.Run("completion", shell);

        Assert.That(result.ExitCode, Is.Zero);
        Assert.That(result.Output, Does.Contain(line));
    }

    [TestCase("lepton ba", "backtest")]
    [TestCase("lepton backtest --str", "--strict")]
    [TestCase("lepton topics cr", "create")]
    public async Task Suggest_UnfinishedLine_NamesWhatCanComeNext(string line, string expected)
    {
        var result = await LeptonProcess.Run($"[suggest:{line.Length}]", line);

        Assert.That(result.ExitCode, Is.Zero, result.Everything);
        Assert.That(result.Output.Split('\n'), Does.Contain(expected));
    }

    [Test]
    public async Task Backtest_ReversedRows_SaysSoAndFailsOnlyUnderStrict()
    {
        var file = Path.Combine(_folder, "x.csv");
        await File.WriteAllTextAsync(file,
            "time;value\n2026-01-01 00:00;1,5\n2026-01-01 00:02;1,6\n2026-01-01 00:01;1,7\n2026-01-01 00:02;1,8\n");

        var told = await LeptonProcess.Run("backtest", file);
        var strict = await LeptonProcess.Run("backtest", file, "--strict");

        Assert.That((told.ExitCode, strict.ExitCode), Is.EqualTo((0, 1)));
        Assert.That(told.Output, Does.Contain("0 alerts in 4 rows, 2 of them not judged (no labels)"));
        Assert.That(told.Error, Does.Contain("x.csv:4: 1 row out of order and 1 with the time of the row above"));
        Assert.That(told.Error, Does.Contain("x.csv:4: 1 row not judged, from this line on: its time is before that of a row above"));
        Assert.That(strict.Error, Does.Contain("--strict: 2 rows not judged, 0 files skipped"));
    }

    [Test]
    public async Task Backtest_RunWithoutTruthFiles_ListsWhatItFinds()
    {
        var result = await LeptonProcess.Run("backtest", SharedFolder.Require("data/trouble/23-run-with-nan.csv"), "--strict");

        Assert.That(result.ExitCode, Is.Zero, result.Everything);
        Assert.That(result.Output, Does.Contain("1 alert in 600 rows (no labels)"));
        Assert.That(result.Output, Does.Match(
            @"2026-11-22 10:13:20Z \(step 400\) +to the end +critical +3\.0 +23-run-with-nan, step 400: loss"));
    }

    [Test]
    public async Task Backtest_UnknownConstant_IsWrongUsage()
    {
        var result = await LeptonProcess.Run("backtest", _folder, "--set", "Nothing.Here=1");

        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Error, Does.StartWith("lepton: --set Nothing.Here: there is no such constant"));
    }

    [TestCase("detectr", "'detectr'", "Try 'lepton --help'.")]
    [TestCase("detector --bootstrap-server x:1", "'--bootstrap-server'", "Try 'lepton detector --help'.")]
    [TestCase("dashboard --bootstrap-servers kafka:9092",
        "lepton: dashboard has no --bootstrap-servers: it reads the notifier's journal and not Kafka. Name the journal with --storage\n",
        "Try 'lepton dashboard --help'.")]
    [TestCase("replay a.csv --webhook u", "lepton: replay has no --webhook; notifier", "it\n")]
    [TestCase("detector --set Health:Address=here", "Health:Address is 'here': it must be an IP address", "")]
    [TestCase("topics create --partitions 0", "--partitions must be 1 to 10000", "Try 'lepton topics create --help'.")]
    [TestCase("topics create --partitions many", "--partitions is 'many': it must be a whole number", "")]
    [TestCase("watch --max 1.5", "--max is '1.5': it must be a whole number", "")]
    [TestCase("backtest x.csv --step soon", "--step is 'soon': it must be a number", "")]
    [TestCase("topics", "Required command", "Try 'lepton topics --help'.")]
    [TestCase("watch severity", "'severity' is no matcher", "Try 'lepton watch --help'.")]
    [TestCase("watch model=~( ", "the regular expression is invalid", "Try 'lepton watch --help'.")]
    [TestCase("watch --max 0", "--max must be 1 or more", "Try 'lepton watch --help'.")]
    [TestCase("watch --lang fr", "'fr'", "Try 'lepton watch --help'.")]
    [TestCase("replay", "Required argument", "Try 'lepton replay --help'.")]
    [TestCase("replay x.csv --speed fast", "--speed is 'fast'", "Try 'lepton replay --help'.")]
    [TestCase("replay /no/such/file", "/no/such/file is neither a file nor a folder", "")]
    public async Task Run_WrongUsage_NamesItAndExitsWith2(string arguments, string named, string hint)
    {
        var result = await LeptonProcess.Run(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Error, Does.Contain(named).And.Contain(hint));
        Assert.That(result.Output, Is.Empty);
    }

    [Test]
    public async Task Settings_SeveralAreWrong_EachIsNamedWithWhatIsAllowed()
    {
        var config =
            Write("""{"Kafka":{"Bootstrap":"x:1","SecurityProtocol":"tls"},"Detectors":{"BatchSize":1},"Detector":{"BatchSize":0}}""");

        var result = await LeptonProcess.Run(
            new Dictionary<string, string> { ["LEPTON_Detector__BatchWaitMs"] = "soon", ["LEPTON_Kafka__TopicPrefix"] = "a b" },
            "detector", "--config", config, "--health-port", "70000", "--set", "Kafka:SessionTimeoutMs");

        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Error.TrimEnd().Split('\n'), Is.EquivalentTo(new[]
        {
            $"lepton: {config}:1: Kafka:Bootstrap is unknown: Kafka has BootstrapServers, TopicPrefix, SecurityProtocol, SaslMechanism, "
                + "SaslUsername, SaslPassword, SslCaLocation, SslCertificateLocation, SslKeyLocation, SessionTimeoutMs, "
                + "GroupProtocol, GroupInstanceId, ClientId (did you mean 'BootstrapServers'?)",
            $"lepton: {config}:1: Detectors:BatchSize is unknown: the sections are Kafka, Storage, Collector, Edge, Detector, Notifier, "
                + "Dashboard, Health, Api, Logging (did you mean 'Detector'?)",
            "lepton: LEPTON_Detector__BatchWaitMs: Detector:BatchWaitMs is 'soon': it must be a whole number",
            "lepton: --set Kafka:SessionTimeoutMs: write Section:Key=value",
            "lepton: Kafka:TopicPrefix is 'a b': up to 100 letters, digits, dots, hyphens and underscores are allowed",
            $"lepton: {config}:1: Kafka:SecurityProtocol is 'tls': it may be Plaintext, Ssl, SaslPlaintext, SaslSsl",
            $"lepton: {config}:1: Detector:BatchSize is 0: it may be 1 to 100000",
            "lepton: Health:Port is 70000: it may be 0 to 65535 (0 is off)",
        }));
    }

    [Test]
    public async Task Settings_TheSameInFileEnvironmentAndFlag_TheFlagWinsThenTheEnvironment()
    {
        var config = Write("""{"Kafka":{"BootstrapServers":"from-file"}}""");
        var environment = new Dictionary<string, string> { ["LEPTON_Kafka__BootstrapServers"] = "from-environment" };

        // Each value lacks its port, and the message says which one it is.
        var file = await LeptonProcess.Run("detector", "--config", config);
        var variable = await LeptonProcess.Run(environment, "detector", "--config", config);
        var flag = await LeptonProcess.Run(environment, "detector", "--config", config, "--bootstrap-servers", "from-flag");
        var set = await LeptonProcess.Run(environment, "detector", "--config", config, "--set", "Kafka:BootstrapServers=from-set");

        Assert.That(file.Error, Does.StartWith($"lepton: {config}:1: Kafka:BootstrapServers holds 'from-file'"));
        Assert.That(variable.Error, Does.StartWith("lepton: Kafka:BootstrapServers holds 'from-environment'"));
        Assert.That(flag.Error, Does.StartWith("lepton: Kafka:BootstrapServers holds 'from-flag'"));
        Assert.That(set.Error, Does.StartWith("lepton: Kafka:BootstrapServers holds 'from-set'"));
    }

    [Test]
    public async Task Settings_VariablesOfOthers_AreLeftAlone()
    {
        // Kubernetes announces a service named lepton like this.
        var result = await LeptonProcess.Run(
            new Dictionary<string, string> { ["LEPTON_PORT_9092_TCP_ADDR"] = "10.0.0.1", ["LEPTON_SERVICE_HOST"] = "10.0.0.1" }, "detector",
            "--bootstrap-servers", "none");

        Assert.That(result.Error.TrimEnd().Split('\n'), Has.Exactly(1).Items);
    }

    [TestCase("""{"Kafka": nope}""", "can't be read")]
    [TestCase(null, "there is no such file")]
    public async Task Config_NoJsonOrNoFile_IsWrongUsage(string? content, string named)
    {
        var config = content is null ? Path.Combine(_folder, "none.json") : Write(content);

        var result = await LeptonProcess.Run("detector", "--config", config);

        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Error, Does.StartWith("lepton: ").And.Contain(config).And.Contain(named));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Failure_IsOnePlainSentence_AndVerboseAddsWhereItHappened(bool verbose)
    {
        var file = Path.Combine(_folder, "series.csv");
        File.WriteAllText(file, "time of day,value\n1,2\n");

        var result = await LeptonProcess.Run(["replay", file, .. verbose ? new[] { "--verbose" } : []]);

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Error, Does.StartWith($"lepton: {file} has no time column"));
        Assert.That(result.Error.Contains("   at LeptonStream.", StringComparison.Ordinal), Is.EqualTo(verbose));
    }

    private string Write(string content)
    {
        var path = Path.Combine(_folder, "settings.json");
        File.WriteAllText(path, content);
        return path;
    }
}
