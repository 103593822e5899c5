using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Channels.Messages;
using LeptonStream.Notifier.Templates;

namespace LeptonStream.Notifier.Channels.Kinds;

/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="Api">The API's base.</param>
/// <param name="CorpId">The organization.</param>
/// <param name="ApiSecret">The application's secret.</param>
/// <param name="AgentId">The application.</param>
/// <param name="ToUser">Users, separated by <c>|</c>; all where nobody is named.</param>
/// <param name="ToParty">Departments.</param>
/// <param name="ToTag">Tags.</param>
/// <param name="Timeout">Longest time of one attempt; null is the notifier's default.</param>
internal sealed record WeChatSettings(bool SendResolved, ChannelUrl Api, string CorpId, Secret ApiSecret, Template? AgentId,
    Template? ToUser, Template? ToParty, Template? ToTag, TimeSpan? Timeout) : MessageSettings(SendResolved, Timeout)
{
    protected override ChannelUrl Address => Api;

    protected override IEnumerable<Secret?> Own => [ApiSecret];

    public override INotificationChannel Make(ChannelContext context) => new WeChatChannel(this, context);

    public static WeChatSettings Read(ChannelSection section)
    {
        _ = section.Fields.OneOf("message_type", "text", "");
        var corp = section.Fields.Text("corp_id") ?? section.Global.Text("wechat_api_corp_id");
        if (string.IsNullOrEmpty(corp)) section.Fields.Wrong("corp_id", "is missing; else global.wechat_api_corp_id");
        return new(
            section.SendResolved(otherwise: false),
            section.Url("api_url", "wechat_api_url", "https://qyapi.weixin.qq.com/cgi-bin/"),
            corp ?? "",
            section.RequiredSecret("api_secret", "wechat_api_secret"),
            section.Template("agent_id"),
            section.Template("to_user"),
            section.Template("to_party"),
            section.Template("to_tag"),
            section.Timeout())
        {
            Http = section.Http(),
            Style = section.Style(text: "message"),
        };
    }
}

/// <summary>An application of WeCom, as Alertmanager calls it: two requests, the first for a token that holds for two hours.</summary>
internal sealed class WeChatChannel(WeChatSettings settings, ChannelContext context) : MessageChannel(settings, context)
{
    private const int LongestText = 2_048;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan TokenHolds = TimeSpan.FromMinutes(90);

    private string Base => settings.Api.Uri.AbsoluteUri.TrimEnd('/');

    private (string Token, DateTimeOffset Until) _token = ("", DateTimeOffset.MinValue);

    protected override Uri Url => settings.Api;

    public override async Task<DeliveryOutcome> Send(string id, Notification notification, CancellationToken cancellation)
    {
        if (_token.Until <= Context.Time.GetUtcNow())
        {
            var (corp, secret) = (Uri.EscapeDataString(settings.CorpId), Uri.EscapeDataString(settings.ApiSecret.Value));
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{Base}/gettoken?corpid={corp}&corpsecret={secret}");
            var answered = await Exchange(request, TakeToken, cancellation);
            if (answered.Result != DeliveryResult.Delivered) return answered;
        }

        return await base.Send(id, notification, cancellation);
    }

    protected override Uri AddressOf(Notification notification) =>
        new($"{Base}/message/send?access_token={Uri.EscapeDataString(_token.Token)}");

    protected override Payload Write(Notification notification, AlertMessage message, int step)
    {
        // Its text knows links in angle brackets.
        var text = TextOf(message, Markup.Plain, step);
        var content = (message.IsOwn(Markup.Plain, step) ? text : $"{message.Title}\n\n{text}")
            .Replace('<', '＜').Replace('>', '＞');
        return JsonOf(
            new
            {
                touser = message.Templates.Line(settings.ToUser) ?? (settings.ToParty is null && settings.ToTag is null ? "@all" : null),
                toparty = message.Templates.Line(settings.ToParty),
                totag = message.Templates.Line(settings.ToTag),
                agentid = message.Templates.Line(settings.AgentId),
                msgtype = "text",
                text = new { content },
                safe = "0",
            },
            MessageText.Bytes(content) > LongestText);
    }

    protected override DeliveryOutcome Judge(HttpAnswer answer) => (answer.IsSuccess, answer.Number("errcode")) switch
    {
        (true, 0) => answer.Judge(),
        (true, 40014 or 42001) => Forget(answer),
        (_, 45009 or -1) => answer.Later(Pause),
        (_, 40058) => DeliveryOutcome.TooLarge(answer.Text),
        (true, _) => answer.Never(),
        _ => answer.Judge(),
    };

    // The token is no longer valid; the next attempt asks for another.
    private DeliveryOutcome Forget(HttpAnswer answer)
    {
        _token = ("", DateTimeOffset.MinValue);
        return answer.Later();
    }

    private DeliveryOutcome TakeToken(HttpAnswer answer)
    {
        if (answer.Number("errcode") is -1 or 45009) return answer.Later(Pause);
        if (!answer.IsSuccess) return answer.Judge();
        // The body holds a token, so it stands in no error.
        if (answer.Field("access_token")?.ToString() is not { Length: > 0 } token) return answer.Never();
        _token = (token, Context.Time.GetUtcNow() + TokenHolds);
        return answer.Judge();
    }
}
