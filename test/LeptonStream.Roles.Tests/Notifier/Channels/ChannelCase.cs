using LeptonStream.Notifier;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Charts;
using LeptonStream.Notifier.Egress;
using LeptonStream.Notifier.Routing;

namespace LeptonStream.Roles.Tests.Notifier.Channels;

/// <summary>A kind of channel that speaks HTTP, and how its service behaves by the reference.</summary>
/// <param name="Kind">Name of the kind.</param>
/// <param name="Fields">Its settings in the routing file; <c>URL</c> stands for the server.</param>
/// <param name="Good">The answer to a message that was taken.</param>
internal sealed record ChannelCase(string Kind, string Fields, ServerAnswer Good)
{
    /// <summary>Stands in every secret of the settings.</summary>
    public const string Token = "s3cr3t-t0ken";

    /// <summary>Status 200, and yet it failed for good; null where 200 is always success.</summary>
    public string? FailureInBody { get; init; }

    /// <summary>The service's way to say "too fast" beside 429, and the wait that follows; null without one.</summary>
    public (ServerAnswer Answer, TimeSpan Wait)? TooFast { get; init; }

    /// <summary>The service's way to say "too long" beside 413; null without one.</summary>
    public ServerAnswer? TooLong { get; init; }

    /// <summary>Most bytes of a body that the service takes.</summary>
    public int MaxBytes { get; init; } = int.MaxValue;

    /// <summary>Whether the message can be shortened at all.</summary>
    public bool CanBeShortened { get; init; } = true;

    /// <summary>The answer to requests that only prepare; null for those that are the message.</summary>
    public Func<ServerCall, ServerAnswer?> Prepares { get; init; } = _ => null;

    /// <summary>Signs that mean something where the text is shown; none may come from a producer.</summary>
    public string Active { get; init; } = "(?!)";

    public override string ToString() => Kind;

    /// <summary>Makes the channel as the notifier does, from a routing file.</summary>
    public INotificationChannel Make(ChannelServer server, string more = "")
    {
        var fields = Fields.Replace("URL", server.Url, StringComparison.Ordinal) + more;
        var yaml = $"route: {{receiver: ops}}\nreceivers:\n- name: ops\n  {Kind}_configs:\n  - {{{fields}}}\n";
        var routing = RoutingFile.Parse(yaml, "routing.yaml", out var errors);
        Assert.That(errors, Is.Empty);
        return FactoryFor("loopback").Make(routing!.Channels[("ops", $"{Kind}/0")]);
    }

    /// <summary>Makes channels whose links lead to <c>lepton.example.org</c>.</summary>
    public static ChannelFactory FactoryFor(string allowed, ChartSource? charts = null) => new(
        new ConsoleOutput(TextWriter.Null), new NotifierOptions { ExternalUrl = "https://lepton.example.org" },
        new EgressGuard(AllowedTargets.Parse(allowed, out _)), TimeProvider.System, charts: charts);

    /// <summary>Lets the server answer messages so, and what only prepares as it must.</summary>
    public void Script(ChannelServer server, Func<ServerCall, ServerAnswer> answer) =>
        server.Answer = call => Prepares(call) ?? answer(call);

    /// <summary>The requests that are messages.</summary>
    public IReadOnlyList<ServerCall> Messages(ChannelServer server) => [.. server.Calls.Where(call => Prepares(call) is null)];
}

/// <summary>Every kind of channel that speaks HTTP.</summary>
internal static class ChannelCases
{
    // In DingTalk and WeCom; a link and a bold title are ours and come alike in every message.
    private const string FullWidth = """[*<>\[\]`#!&~|\\]|@(?!\u200B)|://""";

    public static readonly ChannelCase[] All =
    [
        new("webhook", $"url: 'URL/{ChannelCase.Token}'", new()),
        new("slack", $"api_url: 'URL/services/{ChannelCase.Token}'", new(Body: "ok"))
        {
            FailureInBody = "invalid_payload",
            TooFast = (new(429, "rate_limited"), TimeSpan.FromSeconds(1)),
            TooLong = new(400, "msg_too_long"),
        },
        new("pagerduty", $"routing_key: {ChannelCase.Token}, url: URL/v2/enqueue", new(202, """{"status":"success","dedup_key":"k"}"""))
        {
            FailureInBody = """{"status":"invalid event","errors":["no summary"]}""",
            TooFast = (new(429), TimeSpan.FromSeconds(30)),
            MaxBytes = 512 * 1024,
        },
        new("opsgenie", $"api_key: {ChannelCase.Token}, api_url: URL/", new(202, """{"result":"Request will be processed"}"""))
        {
            TooFast = (new(429), TimeSpan.FromSeconds(10)),
        },
        new("msteamsv2", $"webhook_url: 'URL/flow?sig={ChannelCase.Token}'", new(202))
            { TooFast = (new(429), TimeSpan.FromSeconds(10)), MaxBytes = 28 * 1024 },
        new("discord", $"webhook_url: 'URL/api/webhooks/1/{ChannelCase.Token}'", new(200, """{"id":"1"}"""))
        {
            TooFast = (new(429, """{"message":"You are being rate limited.","retry_after":6.4,"global":false}"""), TimeSpan.FromSeconds(7)),
            Active = """(?<!\\)[*_~|`>#\[\]<@]|://""",
        },
        new("telegram", $"bot_token: {ChannelCase.Token}, chat_id: 1, api_url: URL", new(Body: """{"ok":true}"""))
        {
            FailureInBody = """{"ok":false,"description":"chat not found"}""",
            TooFast = (new(429, """{"ok":false,"error_code":429,"parameters":{"retry_after":9}}"""), TimeSpan.FromSeconds(9)),
            TooLong = new(400, """{"ok":false,"error_code":400,"description":"Bad Request: message is too long"}"""),
            Active = """<|&(?!amp;|lt;|gt;|quot;|#\d+;)|@(?!\u200B)|://""",
        },
        new("wechat", $"api_secret: {ChannelCase.Token}, corp_id: corp, agent_id: '7', api_url: URL/cgi-bin/",
            new(Body: """{"errcode":0}"""))
        {
            FailureInBody = """{"errcode":40003,"errmsg":"invalid userid"}""",
            TooFast = (new(200, """{"errcode":45009,"errmsg":"api freq out of limit"}"""), TimeSpan.FromMinutes(1)),
            TooLong = new(200, """{"errcode":40058}"""),
            Prepares = call => call.Target.StartsWith("/cgi-bin/gettoken", StringComparison.Ordinal)
                ? new(200, """{"errcode":0,"access_token":"granted"}""") : null,
            Active = "[<>]",
        },
        new("pushover", $"user_key: {ChannelCase.Token}, token: {ChannelCase.Token}2, api_url: URL/1/messages.json",
            new(Body: """{"status":1}"""))
        {
            FailureInBody = """{"status":0,"errors":["user identifier is invalid"]}""",
        },
        new("victorops", $"api_key: {ChannelCase.Token}, routing_key: team, api_url: URL/alert", new(Body: """{"result":"success"}"""))
        {
            FailureInBody = """{"result":"failure","message":"no such key"}""",
        },
        new("dingtalk", $"url: 'URL/robot/send?access_token={ChannelCase.Token}', secret: {ChannelCase.Token}2",
            new(Body: """{"errcode":0,"errmsg":"ok"}"""))
        {
            FailureInBody = """{"errcode":310000,"errmsg":"keywords not in content"}""",
            TooFast = (new(200, """{"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}"""), TimeSpan.FromMinutes(1)),
            TooLong = new(200, """{"errcode":460101}"""),
            MaxBytes = 20_000,
            Active = FullWidth,
        },
        new("feishu", $"url: 'URL/open-apis/bot/v2/hook/{ChannelCase.Token}', secret: {ChannelCase.Token}2", new(Body: """{"code":0}"""))
        {
            FailureInBody = """{"code":19021,"msg":"sign match fail"}""",
            TooFast = (new(400, """{"code":9499,"msg":"too many request"}"""), TimeSpan.FromSeconds(10)),
            MaxBytes = 20 * 1024,
        },
        new("wecom", $"url: 'URL/cgi-bin/webhook/send?key={ChannelCase.Token}'", new(Body: """{"errcode":0}"""))
        {
            FailureInBody = """{"errcode":93000,"errmsg":"invalid webhook url"}""",
            TooFast = (new(200, """{"errcode":45009,"errmsg":"api freq out of limit"}"""), TimeSpan.FromMinutes(1)),
            TooLong = new(200, """{"errcode":40058}"""),
            MaxBytes = 5_000,
            Active = FullWidth,
        },
        new("ntfy", $"url: URL, topic: {ChannelCase.Token}, token: {ChannelCase.Token}2", new(Body: """{"id":"x"}""")) { MaxBytes = 6_000 },
        new("alertmanager", "url: URL/am", new()) { CanBeShortened = false },
        new("flashduty", $"integration_key: {ChannelCase.Token}, api_url: URL", new(Body: """{"request_id":"x","data":{}}"""))
        {
            FailureInBody = """{"request_id":"x","error":{"code":"InvalidParameter","message":"bad key"}}""",
        },
        new("grafana", $"url: URL, token: {ChannelCase.Token}", new(Body: """{"message":"Annotation added","id":1}"""))
        {
            Prepares = call => call.Method == "GET" ? new(200, "[]") : null,
            Active = """<|&(?!amp;|lt;|gt;|quot;|#\d+;)|://""",
        },
        new("twilio", $"account_sid: {ChannelCase.Token}, auth_token: {ChannelCase.Token}2, from: '+1500', to: '+1501', api_url: URL",
            new(201, """{"sid":"SM1","status":"queued"}"""))
        {
            TooFast = (new(400, """{"code":21611,"message":"queue is full"}"""), TimeSpan.FromSeconds(10)),
            // 268 characters, of which each of Chinese takes nine bytes of the form.
            MaxBytes = 2_700,
            CanBeShortened = false,
            Active = "[&=]",
        },
        new("aliyun_sms", $"access_key_id: {ChannelCase.Token}, access_key_secret: {ChannelCase.Token}2, sign_name: s, "
            + "template_code: SMS_1, phones: '1500', api_url: URL/", new(Body: """{"Code":"OK","Message":"OK"}"""))
        {
            FailureInBody = """{"Code":"isv.SMS_TEMPLATE_ILLEGAL","Message":"no such template"}""",
            TooFast = (new(200, """{"Code":"isv.BUSINESS_LIMIT_CONTROL"}"""), TimeSpan.FromMinutes(1)),
            CanBeShortened = false,
        },
    ];
}
