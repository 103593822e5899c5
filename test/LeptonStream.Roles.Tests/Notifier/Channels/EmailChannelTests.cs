using System.Text.RegularExpressions;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Charts;
using LeptonStream.Notifier.Routing;
using MimeKit;

namespace LeptonStream.Roles.Tests.Notifier.Channels;

[Parallelizable]
public sealed class EmailChannelTests
{
    private MailServer _server = null!;

    [SetUp]
    public void Start() => _server = MailServer.Start();

    [TearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [Test]
    public async Task Send_ServerTakesIt_IsDeliveredAsTextAndHtml()
    {
        var outcome = await Channel().Send("id1", SampleNotifications.Firing(), CancellationToken.None);

        Assert.That((outcome.Result, outcome.Error), Is.EqualTo((DeliveryResult.Delivered, (string?)null)));
        var mail = Parse(_server.Mails.Single());
        Assert.That(mail.Subject, Is.EqualTo("Critical: llama-70b: GPU 0 is hot: 89 °C, expected 62 °C"));
        Assert.That(mail.Headers[HeaderId.AutoSubmitted], Is.EqualTo("auto-generated"));
        Assert.That(mail.TextBody, Does.Contain("Check the fans.").And.Contain("https://lepton.example.org/#alert=alert0"));
        Assert.That(mail.HtmlBody, Does.Contain("Check the fans.").And.Contain("<a href=\"https://lepton.example.org/#alert=alert0\">"));
        Assert.That(mail.To.ToString(), Is.EqualTo("a@example.org, b@example.org"));
    }

    [Test]
    public async Task Send_SameGroupTwice_IsOneThread()
    {
        await Channel().Send("id1", SampleNotifications.Firing(), CancellationToken.None);
        await Channel().Send("id2", SampleNotifications.Resolved(), CancellationToken.None);

        var mails = _server.Mails.Select(Parse).ToArray();
        Assert.That(mails.Select(mail => mail.InReplyTo).Distinct().Count(), Is.EqualTo(1));
        Assert.That(mails.Select(mail => mail.MessageId), Is.Unique);
    }

    [TestCase("451 try later", DeliveryResult.Failed)]
    [TestCase("421 too many connections", DeliveryResult.Failed)]
    [TestCase("550 no such user", DeliveryResult.Refused)]
    [TestCase("552 too large", DeliveryResult.Refused)]
    public async Task Send_ServerAnswers_IsJudgedByItsCode(string answer, object result)
    {
        _server.AnswerToData = answer;

        var outcome = await Channel().Send("id", SampleNotifications.Firing(), CancellationToken.None);

        Assert.That(outcome.Result, Is.EqualTo(result));
        Assert.That(outcome.Error, Does.Contain($"smtp://127.0.0.1:{_server.Port}: {answer[..3]}"));
    }

    [Test]
    public async Task Send_OneRecipientIsRefused_ReachesTheOthersAndSaysWho()
    {
        _server.AnswerToRecipient = line => line.Contains("b@", StringComparison.Ordinal) ? "550 no such user" : "250 ok";

        var outcome = await Channel().Send("id", SampleNotifications.Firing(), CancellationToken.None);

        Assert.That(outcome.Result, Is.EqualTo(DeliveryResult.Delivered));
        Assert.That(outcome.Error, Does.Contain("b@example.org: 550 no such user").And.Not.Contain("a@example.org"));
        Assert.That(_server.Mails, Has.Count.EqualTo(1));
    }

    [TestCase("550 no such user", "550 no such user", DeliveryResult.Refused)]
    [TestCase("550 no such user", "450 greylisted", DeliveryResult.Failed)]
    public async Task Send_EveryRecipientIsRefused_IsTriedAgainWhereOneMayBeTakenLater(string first, string second, object result)
    {
        _server.AnswerToRecipient = line => line.Contains("a@", StringComparison.Ordinal) ? first : second;

        var outcome = await Channel().Send("id", SampleNotifications.Firing(), CancellationToken.None);

        Assert.That(outcome.Result, Is.EqualTo(result));
        Assert.That(outcome.Error, Does.Contain($"a@example.org: {first}").And.Contain($"b@example.org: {second}"));
        Assert.That(_server.Mails, Is.Empty);
    }

    [Test]
    public async Task Send_ServerWithoutTls_IsRefusedUnlessTheFileSaysSo()
    {
        var outcome = await Channel("require_tls: true").Send("id", SampleNotifications.Firing(), CancellationToken.None);

        Assert.That(outcome.Result, Is.EqualTo(DeliveryResult.Failed));
        Assert.That(outcome.Error, Does.Contain("require_tls"));
        Assert.That(_server.Mails, Is.Empty);
    }

    [Test]
    public async Task Send_PrivateServerThatIsNotAllowed_IsBlocked()
    {
        var outcome = await Channel(allowed: "").Send("id", SampleNotifications.Firing(), CancellationToken.None);

        Assert.That(outcome.Error, Does.Contain("blocked: 127.0.0.1 is this machine").And.Contain("Notifier:AllowedTargets"));
    }

    [Test]
    public async Task Send_HostileTexts_NeitherAddAHeaderNorATag()
    {
        await Channel().Send("id", SampleNotifications.Firing(), CancellationToken.None);
        var plain = Shape(Parse(_server.Mails.Single()));
        foreach (var text in HostileTexts.All)
        {
            await Channel().Send("id", SampleNotifications.Firing(text: text), CancellationToken.None);
            Assert.That(Shape(Parse(_server.Mails[^1])), Is.EqualTo(plain), text);
        }
    }

    [Test]
    public async Task Send_OwnTemplates_HoldValuesAsTexts()
    {
        const string Own = "require_tls: false, "
            + "headers: {subject: '[{{ .Status }}] {{ .CommonLabels.model }}', X-Team: '{{ .CommonLabels.gpu }}'}, "
            + "html: '<h1>{{ .Title }}</h1><p>{{ range .Alerts }}{{ .Annotations.summary }}{{ end }}</p>', "
            + "text: 'T {{ .CommonLabels.model }}'";
        await Channel(Own).Send("id", SampleNotifications.Firing(), CancellationToken.None);
        var mail = Parse(_server.Mails.Single());
        Assert.That((mail.Subject, mail.Headers["X-Team"], mail.TextBody!.Trim()), Is.EqualTo(("[firing] llama-70b", "0", "T llama-70b")));
        Assert.That(mail.HtmlBody, Does.StartWith("<h1>").And.Contain("GPU 0 is hot"));
        var plain = Shape(mail);
        // A value of several lines is several lines of a mail.
        foreach (var text in HostileTexts.All.Where(text => text.ReplaceLineEndings("") == text))
        {
            await Channel(Own).Send("id", SampleNotifications.Firing(text: text), CancellationToken.None);
            Assert.That(Shape(Parse(_server.Mails[^1])), Is.EqualTo(plain), text);
        }
    }

    [Test]
    public async Task Send_WithAChart_ShowsItInItsText()
    {
        byte[] picture = [1, 2, 3];
        await Channel(charts: (_, _, _) => Task.FromResult<byte[]?>(picture))
            .Send("id", SampleNotifications.Firing(), CancellationToken.None);

        var mail = Parse(_server.Mails.Single());
        Assert.That(mail.HtmlBody, Does.Contain("<img src=\"cid:chart.png\""));
        using var content = new MemoryStream();
        mail.BodyParts.OfType<MimePart>().Single(part => part.ContentId == "chart.png").Content!.DecodeTo(content);
        Assert.That(content.ToArray(), Is.EqualTo(picture));
    }

    private static string Shape(MimeMessage mail) => string.Join(' ', mail.Headers.Select(header => header.Field))
        + Regex.Count(mail.HtmlBody!, "<[^>]*>") + mail.To + mail.Cc + mail.Bcc + mail.Subject!.Count(char.IsControl);

    private static MimeMessage Parse(string mail)
    {
        using var bytes = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(mail));
        return MimeMessage.Load(bytes);
    }

    private INotificationChannel Channel(string more = "require_tls: false", string allowed = "loopback", ChartSource? charts = null)
    {
        var yaml = $"global: {{smtp_smarthost: '127.0.0.1:{_server.Port}', smtp_from: lepton@example.org}}\nroute: {{receiver: ops}}\n"
            + $"receivers:\n- name: ops\n  email_configs:\n  - {{to: 'a@example.org, b@example.org', {more}}}\n";
        var routing = RoutingFile.Parse(yaml, "routing.yaml", out var errors);
        Assert.That(errors, Is.Empty);
        return ChannelCase.FactoryFor(allowed, charts).Make(routing!.Channels[("ops", "email/0")]);
    }
}
