using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Cli;

/// <summary><c>lepton config</c> and <c>lepton receivers</c> as a person calls them.</summary>
public sealed class ConfigProcessTests
{
    private const string Routing =
        """
        route:
          receiver: ops
          group_by: [model]
          routes:
            - receiver: pager
              matchers: [severity="critical"]
              continue: true
              group_wait: 1s
            - receiver: archive
              matchers: [model="llama"]
        receivers:
          - name: ops
            webhook_configs: [{url: "URL/ops", send_resolved: false}]
          - name: pager
            webhook_configs: [{url: "URL/pager"}, {url: "URL/second", timeout: 200ms}]
          - name: archive

        """;

    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("lepton-config-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Check_SoundFiles_SaysWhatEachIs()
    {
        var (routing, policies) = (await Write("routing.yaml", Routing.Replace("URL", "http://a")),
            await Write("detection.yaml", "rules:\n- detectors: [mean-sigma]\n"));
        var settings = await Write("appsettings.json", $$"""{"Notifier": {"RoutingFile": "{{routing}}"} }""");

        var result = await LeptonProcess.Run("config", "check", routing, policies, settings);

        Assert.That(result.ExitCode, Is.Zero, result.Everything);
        Assert.That(result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), Is.EqualTo(new[]
        {
            $"{routing}: ok (routing: 3 routes, 3 channels)",
            $"{policies}: ok (policies: 1 rule)",
            $"{policies}:2: rules[0].detectors replaces the whole list, which turns off frozen-value, non-finite, training, "
                + "no-progress: write +name and -name to change it instead (note)",
            $"{settings}: ok (settings)",
        }));
    }

    [TestCase("scrape_config: []\n", "scrape_configs")]
    [TestCase("reciever: [{name: a}]\n", "receivers")]
    [TestCase("token: []\n", "tokens")]
    [TestCase("rulez: []\n", "rules")]
    public async Task Check_AFileWhoseOnlyFieldIsMistyped_IsReadAsTheKindThatIsMeant(string yaml, string meant)
    {
        var result = await LeptonProcess.Run("config", "check", await Write("any.yaml", yaml));

        Assert.That(result.ExitCode, Is.EqualTo(1), result.Everything);
        Assert.That(result.Error, Does.Contain($"(did you mean '{meant}'?)"));
    }

    [Test]
    public async Task Check_AChannelThatIsBlocked_IsAWarning()
    {
        var routing = await Write("routing.yaml", Routing.Replace("URL", "http://10.1.2.3"));

        foreach (var arguments in new[] { new[] { routing }, ["--routing", routing] })
        {
            var blocked = await LeptonProcess.Run(["config", "check", .. arguments]);
            var allowed = await LeptonProcess.Run(["config", "check", .. arguments, "--allow-targets", "private"]);

            Assert.That(blocked.ExitCode, Is.Zero, blocked.Everything);
            Assert.That(blocked.Output, Does.Match("warning: .*, webhook/0: blocked: 10.1.2.3 is a private address; to allow it, add .*"
                + "Notifier:AllowedTargets"));
            Assert.That(allowed.Output, Does.Not.Contain("warning"));
        }
    }

    [TestCase("config check --storage", "Storage:ConnectionString: It is no connection string")]
    [TestCase("config check --url", "check has no --url; ")]
    [TestCase("alerts --storage", "alerts has no --storage; ")]
    [TestCase("map --nonsense", "'lepton map' has no --nonsense")]
    public async Task Run_AFlagOfAnotherCommand_IsNotTakenForAFile(string command, string sentence)
    {
        var result = await LeptonProcess.Run([.. command.Split(' '), "X"]);

        Assert.That(result.ExitCode, Is.Not.Zero);
        Assert.That(result.Error, Does.Contain(sentence).And.Not.Contain("can't be read"));
    }

    [Test]
    public async Task Check_TokensFile_SaysWhatItHoldsAndWhatIsWrong()
    {
        var tokens = await Write("tokens.yaml", $"tokens:\n- name: rosa\n  role: responder\n  sha256: {new string('a', 64)}\n");
        var wrong = await Write("wrong.yaml", "tokens:\n- name: li\n  role: king\n  sha256: short\n");

        var sound = await LeptonProcess.Run("config", "check", tokens);
        var refused = await LeptonProcess.Run("config", "check", wrong);

        Assert.That((sound.ExitCode, sound.Output.Trim()), Is.EqualTo((0, $"{tokens}: ok (tokens: 1 token)")));
        Assert.That(refused.ExitCode, Is.EqualTo(1));
        Assert.That(refused.Everything,
            Does.Contain($"{wrong}:3").And.Contain("viewer, responder, admin or sender").And.Contain($"{wrong}:4"));
    }

    [Test]
    public async Task Token_WithAFile_MakesItAndAddsToIt_AndLeavesAWrongOneAlone()
    {
        var file = Path.Combine(_folder, "tokens.yaml");
        var wrong = await Write("wrong.yaml", "tokens:\n- name: li\n  role: king\n  sha256: short\n");

        var first = await LeptonProcess.Run("token", "rosa", "--role", "responder", "--file", file);
        var second = await LeptonProcess.Run("token", "li \"the\" admin", "--role", "admin", "--file", file);
        var check = await LeptonProcess.Run("config", "check", file);
        var refused = await LeptonProcess.Run("token", "li", "--role", "admin", "--file", wrong);
        var byHand = await Write("by-hand.yaml", $"tokens:\n- name: rosa\n  role: responder\n  sha256: {new string('a', 64)}");
        var third = await LeptonProcess.Run("token", "li", "--role", "admin", "--file", byHand);

        Assert.That((first.ExitCode, second.ExitCode), Is.EqualTo((0, 0)));
        Assert.That(first.Output, Does.Match("^lepton_[^ ]+\n$"), "the token alone: the file has the rest");
        Assert.That(check.Output.Trim(), Is.EqualTo($"{file}: ok (tokens: 2 tokens)"));
        Assert.That(third.ExitCode, Is.Zero, third.Error);
        Assert.That((refused.ExitCode, refused.Output), Is.EqualTo((2, "")));
        Assert.That(refused.Error, Does.Contain("nothing was added").And.Contain($"{wrong}:3"));
        Assert.That(await File.ReadAllTextAsync(wrong), Does.Not.Contain("admin"));
    }

    [Test]
    public async Task Check_WrongFiles_SaysEveryErrorWithFileAndLine()
    {
        var routing = await Write("routing.yaml", "route: {receiver: ops,\n group_wiat: 5s}\nreceivers: []\n");
        var policies = await Write("detection.yaml", "rules:\n- warm_up: 1\n- ignroe: true\n");
        var settings = await Write("appsettings.json", "{\n  \"Notifier\": {\n    \"BatchSize\": 0,\n    \"Nothing\": 1\n  }\n}\n");
        var broken = await Write("broken.json", "{\n  \"Kafka\": {\n}\n");
        var missing = Path.Combine(_folder, "missing.yaml");

        var result = await LeptonProcess.Run("config", "check", routing, policies, settings, broken, missing);

        Assert.That(result.ExitCode, Is.EqualTo(1), result.Everything);
        foreach (var start in new[]
        {
            $"{routing}:1: route.receiver is 'ops', which is not defined", $"{routing}:2: route.group_wiat is unknown",
                $"{policies}:2: rules[0].warm_up is '1'",
            $"{policies}:3: rules[1].ignroe is unknown", $"{settings}:3: Notifier:BatchSize", $"{settings}:4: Notifier:Nothing is unknown",
            $"{broken}:", $"{missing} can't be read",
        })
            Assert.That(result.Error.Split('\n'), Has.Some.StartsWith(start));
    }

    [Test]
    public async Task Check_WithoutFiles_ReadsTheFilesThatTheSettingsName()
    {
        var policies = await Write("detection.yaml", "rules: &r [{ignore: true}, *r]\n");

        var sound = await LeptonProcess.Run(
            "config", "check", "--routing", await Write("routing.yaml", Routing.Replace("URL", "http://a")));
        var wrong = await LeptonProcess.Run("config", "check", "--policies", policies);

        Assert.That(sound.Output, Does.StartWith("settings: ok").And.Contain("routing.yaml: ok (routing: 3 routes"));
        Assert.That((sound.ExitCode, wrong.ExitCode), Is.EqualTo((0, 1)));
        Assert.That(wrong.Error, Does.Contain($"{policies}:1: *r stands inside the part that it stands for"));
    }

    [Test]
    public async Task Route_OfAnAlert_SaysWhoIsToldInWhichGroupAndWhen()
    {
        var routing = await Write("routing.yaml", Routing.Replace("URL", "http://a"));

        var result = await LeptonProcess.Run("config", "route", "--routing", routing, "severity=critical", "model=llama");

        Assert.That(result.ExitCode, Is.Zero, result.Everything);
        Assert.That(result.Output.ReplaceLineEndings("\n"), Is.EqualTo(
            """
            2 routes

            route      {}/{severity="critical"}
            receiver   pager: webhook/0, webhook/1
            group key  {}/{severity="critical"}:{model="llama"}
            times      group_wait 1 s, group_interval 1 min, repeat_interval 4 h

            route      {}/{model="llama"}
            receiver   archive: no channel, alerts are recorded and nobody is notified
            group key  {}/{model="llama"}:{model="llama"}
            times      group_wait 5 s, group_interval 1 min, repeat_interval 4 h

            """));
    }

    [Test]
    public async Task Route_Tree_SaysOfEachRouteWhyItIsTakenOrNot()
    {
        var routing = await Write("routing.yaml", """
            route:
              receiver: ops
              routes:
                - receiver: pager
                  matchers: [severity=critical]
                - receiver: chat
                  matchers: [team=~".+"]
                  routes:
                    - {receiver: night, matchers: [shift=night]}
                - receiver: archive
            receivers: [{name: ops}, {name: pager}, {name: chat}, {name: night}, {name: archive}]
            """);

        var result = await LeptonProcess.Run("config", "route", "--tree", "--routing", routing, "severity=warning", "team=a");

        Assert.That(result.Output.ReplaceLineEndings("\n"), Is.EqualTo(
            """
            {}  ops  matches, and so does a route below
              {severity="critical"}  pager  no: severity is "warning", wanted is severity="critical"
              {team=~".+"}  chat  TAKEN
                {shift="night"}  night  no: shift is missing, wanted is shift="night"
              {}  archive  not tried: a route before it matches and does not continue

            """));
    }

    [Test]
    public async Task Route_WordThatIsNoLabel_IsRefused()
    {
        var result = await LeptonProcess.Run("config", "route", "critical");

        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Error, Does.Contain("'critical' is no label: write NAME=VALUE"));
    }

    [Test]
    public async Task Test_Receiver_SendsThroughEveryChannelAndSaysTheAnswers()
    {
        await using var sink = await WebhookSink.Start();
        sink.Answer = call => call.Path == "second" ? new SinkAnswer(403, Body: "no such token") : new SinkAnswer(202);
        var routing = await Write("routing.yaml", Routing.Replace("URL/", sink.Url("")));

        var pager = await LeptonProcess.Run("receivers", "test", "pager", "--routing", routing, "--allow-targets", "loopback");
        var ops = await LeptonProcess.Run("receivers", "test", "ops", "--routing", routing, "--allow-targets", "loopback");

        Assert.That((pager.ExitCode, ops.ExitCode), Is.EqualTo((1, 0)), pager.Everything + ops.Everything);
        Assert.That(pager.Output, Does.Match("ok     pager/webhook/0  firing: http://127.0.0.1:[0-9]+/…: HTTP 202 Accepted"));
        Assert.That(pager.Output, Does.Match("ok     pager/webhook/0  resolved: "));
        Assert.That(pager.Output, Does.Match(
            "WRONG  pager/webhook/1  firing: http://127.0.0.1:[0-9]+/…: HTTP 403 Forbidden: no such token"));
        Assert.That(sink.Calls.Select(call => $"{call.Path} {call.Status}"),
            Is.EqualTo(new[] { "pager firing", "pager resolved", "second firing", "ops firing" }));
        var alert = sink.Calls[0].Body.GetProperty("alerts")[0];
        Assert.That(alert.GetProperty("labels").GetProperty("alertname").GetString(), Is.EqualTo("LeptonStreamTest"));
        Assert.That(alert.GetProperty("annotations").GetProperty("summary_zh").GetString(), Does.Contain("测试通知"));
    }

    [Test]
    public async Task Preview_Receiver_ShowsTextAndBodyWithoutSecretsAndSendsNothing()
    {
        var routing = await Write("routing.yaml", """
            route: {receiver: chat}
            receivers:
              - name: chat
                dingtalk_configs: [{url: "http://127.0.0.1:9/robot/send?access_token=hidden-token", language: zh-CN}]
                pagerduty_configs: [{routing_key: hidden-token}]
            """);

        var result = await LeptonProcess.Run("receivers", "preview", "chat", "--example", "--routing", routing);
        var unknown = await LeptonProcess.Run("receivers", "preview", "chat", "--alert", "none", "--routing", routing, "--storage",
            $"Data Source={Path.Combine(Path.GetDirectoryName(routing)!, "journal.db")}");

        Assert.That(result.ExitCode, Is.Zero, result.Everything);
        Assert.That(result.Output,
            Does.Contain("== chat/dingtalk/0").And.Contain("严重：llama-70b").And.Contain("\"msgtype\": \"markdown\""));
        Assert.That(result.Output, Does.Contain("\"event_action\": \"trigger\"").And.Not.Contain("hidden-token"));
        Assert.That(unknown.ExitCode, Is.EqualTo(2), unknown.Everything);
    }

    [Test]
    public async Task Test_ReceiverThatIsNotThere_NamesThoseThatAre()
    {
        var result = await LeptonProcess.Run(
            "receivers", "test", "nobody", "--routing", await Write("routing.yaml", Routing.Replace("URL", "http://a")));

        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Error, Does.Contain("there is no receiver 'nobody'; there are: ops, pager, archive"));
    }

    private async Task<string> Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(path, text);
        return path;
    }
}
