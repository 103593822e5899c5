using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Channels.Messages;

namespace LeptonStream.Notifier.Channels.Kinds;

/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="Url">The service.</param>
/// <param name="KeyId">Id of the access key.</param>
/// <param name="KeySecret">Its secret.</param>
/// <param name="SignName">The approved signature.</param>
/// <param name="TemplateCode">The approved template, with the variables <c>severity</c>, <c>summary</c> and <c>model</c>.</param>
/// <param name="Phones">Numbers, separated by commas.</param>
/// <param name="Timeout">Longest time of one attempt; null is the notifier's default.</param>
internal sealed record AliyunSmsSettings(bool SendResolved, ChannelUrl Url, Secret KeyId, Secret KeySecret, string SignName,
    string TemplateCode, string Phones, TimeSpan? Timeout) : MessageSettings(SendResolved, Timeout)
{
    protected override ChannelUrl Address => Url;

    protected override IEnumerable<Secret?> Own => [KeyId, KeySecret];

    public override INotificationChannel Make(ChannelContext context) => new AliyunSmsChannel(this, context);

    public static AliyunSmsSettings Read(ChannelSection section) => new(
        section.SendResolved(otherwise: false),
        section.Url("api_url", otherwise: "https://dysmsapi.aliyuncs.com/"),
        section.RequiredSecret("access_key_id"),
        section.RequiredSecret("access_key_secret"),
        section.Fields.RequiredText("sign_name"),
        section.Fields.RequiredText("template_code"),
        section.Fields.RequiredText("phones"),
        section.Timeout())
    {
        Http = section.Http(),
        Style = section.Style(),
    };
}

/// <summary>Alibaba Cloud's SMS service, signed by ACS3-HMAC-SHA256. Success is <c>Code</c> <c>OK</c> in the body.</summary>
internal sealed class AliyunSmsChannel(AliyunSmsSettings settings, ChannelContext context) : MessageChannel(settings, context)
{
    private const int LongestVariable = 35;

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // 1 a minute, 5 an hour and 10 to 50 a day for one number and template.
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    protected override Uri Url => settings.Url;

    /// <summary>The value of the header <c>Authorization</c>.</summary>
    /// <param name="keyId">Id of the access key.</param>
    /// <param name="keySecret">Its secret.</param>
    /// <param name="method">The method.</param>
    /// <param name="query">The query, encoded and sorted.</param>
    /// <param name="headers">The headers to sign, names in lower case.</param>
    /// <param name="bodyHash">SHA-256 of the body, in hexadecimal.</param>
    public static string Authorization(string keyId, string keySecret, string method, string query,
        IReadOnlyDictionary<string, string> headers, string bodyHash)
    {
        var sorted = headers.OrderBy(header => header.Key, StringComparer.Ordinal).ToArray();
        var signed = string.Join(';', sorted.Select(header => header.Key));
        var lines = string.Concat(sorted.Select(header => $"{header.Key}:{header.Value}\n"));
        var canonical = $"{method}\n/\n{query}\n{lines}\n{signed}\n{bodyHash}";
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(keySecret),
            Encoding.UTF8.GetBytes($"ACS3-HMAC-SHA256\n{Hash(Encoding.UTF8.GetBytes(canonical))}")));
        return $"ACS3-HMAC-SHA256 Credential={keyId},SignedHeaders={signed},Signature={signature}";
    }

    /// <summary>The query of some parameters: encoded, and sorted by name.</summary>
    public static string QueryOf(IEnumerable<(string Name, string Value)> parameters) => string.Join('&', parameters
        .OrderBy(parameter => parameter.Name, StringComparer.Ordinal)
        .Select(parameter => $"{Uri.EscapeDataString(parameter.Name)}={Uri.EscapeDataString(parameter.Value)}"));

    // All parameters stand in the query, so the address is this message.
    protected override Uri AddressOf(Notification notification)
    {
        var message = MessageBuilder.Of(notification, settings.Style, Context.ExternalUrl);
        return new Uri(settings.Url, "?" + QueryOf(Parameters(notification, message)));
    }

    protected override void Prepare(HttpRequestMessage request, string id, Payload payload)
    {
        var hash = Hash(payload.Bytes);
        var headers = new Dictionary<string, string>
        {
            ["host"] = request.RequestUri!.Authority,
            ["x-acs-action"] = "SendSms",
            ["x-acs-version"] = "2017-05-25",
            ["x-acs-date"] = Context.Time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["x-acs-signature-nonce"] = Guid.NewGuid().ToString("N"),
            ["x-acs-content-sha256"] = hash,
        };
        foreach (var (name, value) in headers.Where(header => header.Key != "host")) request.Headers.Add(name, value);
        request.Headers.TryAddWithoutValidation("Authorization", Authorization(settings.KeyId.Value, settings.KeySecret.Value, "POST",
            request.RequestUri.Query.TrimStart('?'), headers, hash));
    }

    protected override Payload Write(Notification notification, AlertMessage message, int step) =>
        new([], "application/x-www-form-urlencoded");

    public override string Preview(string id, Notification notification) => string.Join('\n',
        Parameters(notification, MessageBuilder.Of(notification, settings.Style, Context.ExternalUrl))
            .Select(parameter => $"{parameter.Name}={parameter.Value}"));

    protected override DeliveryOutcome Judge(HttpAnswer answer) => answer.Field("Code")?.ToString() switch
    {
        "OK" when answer.IsSuccess => answer.Judge(),
        "isv.BUSINESS_LIMIT_CONTROL" or "Throttling" or "Throttling.User" => answer.Later(Pause),
        { } when (int)answer.Status < 500 => answer.Never(),
        _ => answer.IsSuccess ? answer.Never() : answer.Judge(),
    };

    private IEnumerable<(string Name, string Value)> Parameters(Notification notification, AlertMessage message) =>
    [
        ("PhoneNumbers", settings.Phones),
        ("SignName", settings.SignName),
        ("TemplateCode", settings.TemplateCode),
        ("TemplateParam", JsonSerializer.Serialize(new
        {
            severity = message.State == MessageState.Firing ? message.Words.Severity(message.Severity) : message.Words.State(message.State),
            summary = MessageBuilder.Cut(message.Title, LongestVariable),
            model = MessageBuilder.Cut(notification.Alerts[0].Labels["model"] ?? "-", LongestVariable),
        }, Relaxed)),
    ];

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
