using System.Text;
using System.Text.RegularExpressions;
using LeptonStream.Notifier.Channels;

namespace LeptonStream.Roles.Tests.Notifier.Channels;

/// <summary>The contract of every channel that speaks HTTP, against a server that answers as its service does.</summary>
[Parallelizable]
public sealed class ChannelContractTests
{
    private ChannelServer _server = null!;

    private static IEnumerable<ChannelCase> Cases => ChannelCases.All;

    private static IEnumerable<string> Kinds => Cases.Select(test => test.Kind);

    [OneTimeSetUp]
    public async Task Start() => _server = await ChannelServer.Start();

    [SetUp]
    public void Forget() => _server.Forget();

    [OneTimeTearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [Test]
    public void Cases_AreAllKindsThatSpeakHttp() => Assert.That(
        Cases.Select(test => test.Kind),
        Is.EquivalentTo(ChannelKinds.All.Select(kind => kind.Name).Except(["console", "email", "exec", "kafka"])));

    [TestCaseSource(nameof(Kinds))]
    public async Task Send_ServiceTakesIt_IsDeliveredInOneMessage(string kind)
    {
        var test = Of(kind);
        var outcome = await Send(test, _ => test.Good);

        Assert.That((outcome.Result, outcome.Error), Is.EqualTo((DeliveryResult.Delivered, (string?)null)));
        var call = test.Messages(_server).Single();
        Assert.That(call.Headers["user-agent"], Does.StartWith("LeptonStream/"));
        Assert.That(Readable(call), Does.Contain("GPU 0"));
    }

    [TestCaseSource(nameof(Kinds))]
    public async Task Send_SuccessWithAFailureInTheBody_IsNoSuccess(string kind)
    {
        var test = Of(kind);
        if (test.FailureInBody is null) Assert.Ignore("a success of this service is one");
        var outcome = await Send(test, _ => new ServerAnswer(200, test.FailureInBody!));

        Assert.That(outcome.Result, Is.EqualTo(DeliveryResult.Refused));
        Assert.That(outcome.Error, Does.Contain("HTTP 200"));
    }

    [TestCaseSource(nameof(Kinds))]
    public async Task Send_ServiceRefuses_IsRefusedForGood(string kind) =>
        Assert.That((await Send(Of(kind), _ => new ServerAnswer(404, "no such thing"))).Result, Is.EqualTo(DeliveryResult.Refused));

    [TestCaseSource(nameof(Kinds))]
    public async Task Send_TooManyRequests_WaitsAsLongAsTheServiceSays(string kind)
    {
        var test = Of(kind);
        var outcome = await Send(test, _ => new ServerAnswer(429, "{}", RetryAfter: "17"));

        Assert.That((outcome.Result, outcome.RetryAfter), Is.EqualTo((DeliveryResult.Failed, (TimeSpan?)TimeSpan.FromSeconds(17))));
    }

    [TestCaseSource(nameof(Kinds))]
    public async Task Send_TooFastInTheServicesOwnWords_Waits(string kind)
    {
        var test = Of(kind);
        if (test.TooFast is not { } limit) Assert.Ignore("it says so by 429 alone");
        else
        {
            var outcome = await Send(test, _ => limit.Answer);
            Assert.That((outcome.Result, outcome.RetryAfter), Is.EqualTo((DeliveryResult.Failed, (TimeSpan?)limit.Wait)));
        }
    }

    [TestCaseSource(nameof(Kinds))]
    public async Task Send_ServiceFails_MayWorkLater(string kind)
    {
        var test = Of(kind);
        var outcome = await Send(test, _ => new ServerAnswer(503, "upstream"));

        Assert.That((outcome.Result, outcome.IsTooLarge), Is.EqualTo((DeliveryResult.Failed, false)));
    }

    [TestCaseSource(nameof(Kinds))]
    public async Task Send_ConnectionIsCut_MayWorkLater(string kind) =>
        Assert.That((await Send(Of(kind), _ => new ServerAnswer { IsReset = true })).Result, Is.EqualTo(DeliveryResult.Failed));

    [TestCaseSource(nameof(Kinds))]
    public async Task Send_ServiceIsSlow_EndsWhenTheAttemptEnds(string kind)
    {
        var test = Of(kind);
        test.Script(_server, _ => new ServerAnswer { IsSlow = true });
        using var attempt = new CancellationTokenSource();
        var sent = test.Make(_server).Send("id", SampleNotifications.Firing(), attempt.Token);
        while (test.Messages(_server).Count == 0) await Task.Delay(5);

        await attempt.CancelAsync();

        Assert.That(async () => await sent, Throws.InstanceOf<OperationCanceledException>());
    }

    [TestCaseSource(nameof(Kinds))]
    public async Task Send_Redirect_IsNotFollowed(string kind)
    {
        var test = Of(kind);
        var outcome = await Send(test, _ => new ServerAnswer(307, Location: $"{_server.Url}/elsewhere"));

        Assert.That(outcome.Result, Is.EqualTo(DeliveryResult.Refused));
        Assert.That(test.Messages(_server), Has.Count.EqualTo(1));
    }

    [TestCaseSource(nameof(Kinds))]
    public async Task Send_AnswerRepeatsTheRequest_ErrorHoldsNoSecret(string kind)
    {
        var test = Of(kind);
        var outcome = await Send(test, call =>
            new ServerAnswer(404, $"{call.Target} {call.Headers.GetValueOrDefault("authorization")} {call.Body}"));

        Assert.That(outcome.Error, Does.StartWith(_server.Url).And.Not.Contain(ChannelCase.Token));
    }

    [TestCaseSource(nameof(Kinds))]
    public void Preview_ShowsTheMessageAndNoSecret(string kind)
    {
        var test = Of(kind);
        var preview = test.Make(_server).Preview("id", SampleNotifications.Firing());

        Assert.That(Uri.UnescapeDataString(preview), Does.Contain("GPU 0").And.Not.Contain(ChannelCase.Token));
        Assert.That(_server.Calls, Is.Empty);
    }

    [TestCaseSource(nameof(Kinds))]
    public async Task Send_StormInChinese_FitsIntoOneMessage(string kind)
    {
        var test = Of(kind);
        var longText = string.Concat(Enumerable.Repeat("温度偏高，请检查。", 60));
        test.Script(_server, _ => test.Good);

        var outcome = await Channel(test, chinese: true).Send("id", SampleNotifications.Firing(300, longText), CancellationToken.None);

        Assert.That(outcome.Result, Is.EqualTo(DeliveryResult.Delivered));
        Assert.That(Encoding.UTF8.GetByteCount(test.Messages(_server).Single().Body), Is.LessThanOrEqualTo(test.MaxBytes));
    }

    [TestCaseSource(nameof(Kinds))]
    public async Task Send_TooLargeForTheService_ComesShorterUntilItFits(string kind)
    {
        var test = Of(kind);
        if (!test.CanBeShortened) Assert.Ignore("its messages are short, or whole");
        var refusals = 0;

        var outcome = await Send(test, _ => refusals++ < 3 ? test.TooLong ?? new ServerAnswer(413) : test.Good, alerts: 300);

        Assert.That(outcome.Result, Is.EqualTo(DeliveryResult.Delivered));
        var lengths = test.Messages(_server).Select(call => call.Body.Length).ToArray();
        Assert.That(lengths, Is.Ordered.Descending.And.Length.EqualTo(4));
    }

    [TestCaseSource(nameof(Kinds))]
    public async Task Send_AlwaysTooLarge_IsNeverDead(string kind)
    {
        var test = Of(kind);
        var outcome = await Send(test, _ => new ServerAnswer(413), alerts: 300);

        Assert.That((outcome.Result, outcome.IsTooLarge), Is.EqualTo((DeliveryResult.Failed, true)));
    }

    [TestCaseSource(nameof(Kinds))]
    public async Task Send_Resolved_SaysThatItIsOver(string kind)
    {
        var test = Of(kind);
        test.Script(_server, _ => test.Good);

        var outcome = await test.Make(_server).Send("id", SampleNotifications.Resolved(), CancellationToken.None);

        Assert.That(outcome.Result, Is.EqualTo(DeliveryResult.Delivered));
    }

    [TestCaseSource(nameof(Kinds))]
    public async Task Send_HostileTexts_StayTexts(string kind)
    {
        var test = Of(kind);
        var channel = test.Make(_server);
        test.Script(_server, _ => test.Good);
        await channel.Send("id", SampleNotifications.Firing(), CancellationToken.None);
        var plain = Shape(test, test.Messages(_server).Single());
        var marked = new List<string>();
        foreach (var text in HostileTexts.All)
        {
            _server.Forget();
            var outcome = await channel.Send("id", SampleNotifications.Firing(text: text), CancellationToken.None);
            if (outcome.Result != DeliveryResult.Delivered || Shape(test, test.Messages(_server).Single()) != plain) marked.Add(text);
        }

        Assert.That(HostileTexts.All.Distinct().Count(), Is.GreaterThanOrEqualTo(40));
        Assert.That(marked, Is.Empty);
    }

    // A receiver's own template stands in the notation of its chat; what a producer writes into it does not.
    [TestCase("slack", "title: T, fallback: F, text: TEXT, footer: '{{ .CommonLabels.model }}', fields: [{title: A, value: VALUE}]",
        "[*~`<>]|(?<!\\w)_|_(?!\\w)|@(?!\u200B)|://")]
    [TestCase("msteamsv2", "text: TEXT", null)]
    [TestCase("discord", "message: TEXT", null)]
    [TestCase("telegram", "message: TEXT", null)]
    [TestCase("dingtalk", "title: T, text: TEXT", null)]
    [TestCase("wecom", "text: TEXT", null)]
    [TestCase("feishu", "text: TEXT", null)]
    [TestCase("wechat", "message: TEXT", null)]
    [TestCase("opsgenie", "message: T, description: TEXT", null)]
    [TestCase("pagerduty", "description: T, details: {more: TEXT}, severity: '{{ .CommonLabels.model }}'", null)]
    public async Task Send_HostileTextsInATemplate_StayTexts(string kind, string fields, string? active)
    {
        var test = Of(kind);
        if (active is not null) test = test with { Active = active };
        const string Text =
            "'Seen: {{ range .Alerts }}{{ .Annotations.summary }} {{ .Labels.model | toUpper }} {{ .Annotations.actions }}{{ end }}'";
        var channel = test.Make(_server, ", " + fields.Replace("TEXT", Text, StringComparison.Ordinal)
            .Replace("VALUE", "'{{ .CommonAnnotations.summary }}'", StringComparison.Ordinal));
        test.Script(_server, _ => test.Good);
        await channel.Send("id", SampleNotifications.Firing(), CancellationToken.None);
        var plain = Shape(test, test.Messages(_server).Single());
        Assert.That(Readable(test.Messages(_server).Single()), Does.Contain(kind is "pagerduty" ? "more" : "Seen: "));
        var marked = new List<string>();
        // A value of several lines is several lines of a card.
        foreach (var text in HostileTexts.All.Where(text => kind != "msteamsv2" || text.ReplaceLineEndings("") == text))
        {
            _server.Forget();
            var outcome = await channel.Send("id", SampleNotifications.Firing(text: text), CancellationToken.None);
            if (outcome.Result != DeliveryResult.Delivered || Shape(test, test.Messages(_server).Single()) != plain) marked.Add(text);
        }

        Assert.That(marked, Is.Empty);
    }

    [TestCase("slack", "text: '{{ index .Alerts 9 }}'")]
    [TestCase("telegram", "message: '{{ index .Alerts 9 }}'")]
    [TestCase("wechat", "message: '{{ toJson .Nope }}'")]
    [TestCase("discord", "title: '{{ .Nope }}'")]
    [TestCase("opsgenie", "priority: '{{ .Nope }}'")]
    public async Task Send_TemplateFails_BuiltInTextIsSentAndTheFaultIsSaid(string kind, string fields)
    {
        var test = Of(kind);
        test.Script(_server, _ => test.Good);

        var outcome = await test.Make(_server, ", " + fields).Send("id", SampleNotifications.Firing(), CancellationToken.None);

        Assert.That(outcome.Result, Is.EqualTo(DeliveryResult.Delivered));
        Assert.That(outcome.Error, Does.Contain("the built-in text stands for a template that, in its line 1, "));
        Assert.That(Readable(test.Messages(_server).Single()), Does.Contain("GPU 0"));
    }

    [TestCase("slack", "text: 'X-MARK'")]
    [TestCase("telegram", "message: 'X-MARK <br>'")]
    [TestCase("discord", "username: 'X-MARK {{ .Status }}'")]
    public async Task Send_OwnTextIsRefused_TheBuiltInOneIsSent(string kind, string fields)
    {
        var test = Of(kind);
        test.Script(
            _server, call => call.Body.Contains("X-MARK", StringComparison.Ordinal) ? new ServerAnswer(400, "can't parse") : test.Good);

        var outcome = await test.Make(_server, ", " + fields).Send("id", SampleNotifications.Firing(), CancellationToken.None);

        Assert.That(outcome.Result, Is.EqualTo(DeliveryResult.Delivered));
        Assert.That(outcome.Error, Does.Contain("the receiver's own, which was refused").And.Contain("HTTP 400"));
        Assert.That(test.Messages(_server), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Send_HostileTexts_StandInSlacksOwnMarkupEscaped()
    {
        var test = Of("slack");
        test.Script(_server, _ => test.Good);
        foreach (var text in HostileTexts.All)
            await test.Make(_server).Send("id", SampleNotifications.Firing(text: text), CancellationToken.None);

        var read = _server.Calls.Select(call => System.Text.Json.JsonDocument.Parse(call.Body).RootElement).SelectMany(body =>
            new[] { body.GetProperty("text").GetString()!, body.GetProperty("attachments")[0].GetProperty("fallback").GetString()! });
        Assert.That(read, Has.None.Contains("<").And.None.Contains(">"));
    }

    private static ChannelCase Of(string kind) => Cases.Single(test => test.Kind == kind);

    // The frame of the body, and how many signs in its texts mean something: both are the same whatever a producer writes.
    private static string Shape(ChannelCase test, ServerCall call)
    {
        var frame = call.Headers.GetValueOrDefault("content-type") == "application/json" ? JsonFrame.Of(call.Body)
            : (Frame: string.Join('&', call.Body.Split('&').Select(field => field.Split('=')[0])), Texts: [.. call.Body.Split('&')]);
        return $"{frame.Frame} {Names(call.Target)} {frame.Texts.Sum(text => Regex.Count(text, test.Active))} {call.Headers.Count}";
    }

    private static string Names(string target) => string.Join('&', target.Split('?')[^1].Split('&').Select(field => field.Split('=')[0]));

    private static string Readable(ServerCall call) => Uri.UnescapeDataString(call.Body + call.Target);

    private INotificationChannel Channel(ChannelCase test, bool chinese) =>
        test.Make(_server, chinese && test.Kind is not ("webhook" or "alertmanager") ? ", language: zh-CN, time_zone: Asia/Shanghai" : "");

    private Task<DeliveryOutcome> Send(ChannelCase test, Func<ServerCall, ServerAnswer> answer, int alerts = 1)
    {
        test.Script(_server, answer);
        return test.Make(_server).Send("id", SampleNotifications.Firing(alerts), CancellationToken.None);
    }
}
