using System.Text;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Egress;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Notifier.Channels;

[Parallelizable]
public sealed class WebhookSignatureTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Test]
    public void Of_VectorOfTheSpecification_IsItsSignature() => Assert.That(
        WebhookSignature.Of(Secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", """{"test": 2432232314}"""u8),
        Is.EqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));

    [Test]
    public void Of_TwoSecrets_SignsWithBoth()
    {
        var other = "whsec_" + Convert.ToBase64String(new byte[32]);

        var signatures = WebhookSignature.Of($"{Secret} {other}", "id", "1", "x"u8).Split(' ');

        Assert.That(signatures, Is.EqualTo(new[]
            { WebhookSignature.Of(Secret, "id", "1", "x"u8), WebhookSignature.Of(other, "id", "1", "x"u8) }));
    }

    [TestCase("", ExpectedResult = false)]
    [TestCase("whsec_c2hvcnQ=", ExpectedResult = false)]
    [TestCase("no base64!", ExpectedResult = false)]
    [TestCase(Secret, ExpectedResult = true)]
    public bool AreSound_Secrets(string text) => WebhookSignature.AreSound(text);

    [Test]
    public async Task Send_WithSecret_SignsTheBytesThatAreSent()
    {
        await using var sink = await WebhookSink.Start();
        using var factory = new ChannelFactory(new ConsoleOutput(TextWriter.Null), new() { AllowedTargets = "loopback" },
            new EgressGuard(AllowedTargets.Parse("loopback", out _)), TimeProvider.System);
        var channel = factory.Make(new WebhookSettings(true, new Uri(sink.Url()), 0, null) { SigningSecrets = new(Secret) });

        await channel.Send("id-1", SampleNotifications.Firing(), CancellationToken.None);

        var call = sink.Calls.Single();
        Assert.That(call.Headers["webhook-signature"], Is.EqualTo(WebhookSignature.Of(Secret, "id-1", call.Headers["webhook-timestamp"],
            Encoding.UTF8.GetBytes(call.Body.GetRawText()))));
    }

    [Test]
    public async Task Send_TooLargeForTheReceiver_ComesWithFewerAlertsUntilItFits()
    {
        await using var sink = await WebhookSink.Start();
        sink.Answer = call => new SinkAnswer(call.Metrics("firing").Length > 3 ? 413 : 200);
        using var factory = new ChannelFactory(new ConsoleOutput(TextWriter.Null), new(),
            new EgressGuard(AllowedTargets.Parse("loopback", out _)), TimeProvider.System);

        var outcome = await factory.Make(new WebhookSettings(true, new Uri(sink.Url()), 0, null))
            .Send("id", SampleNotifications.Firing(alerts: 40), CancellationToken.None);

        Assert.That(outcome.Result, Is.EqualTo(DeliveryResult.Delivered));
        Assert.That(sink.Calls.Select(call => call.Metrics("firing").Length), Is.EqualTo(new[] { 40, 10, 2 }));
        Assert.That(sink.Calls[^1].Body.GetProperty("truncatedAlerts").GetInt32(), Is.EqualTo(38));
    }
}
