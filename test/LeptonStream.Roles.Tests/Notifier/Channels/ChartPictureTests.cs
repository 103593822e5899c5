using System.Buffers.Binary;
using LeptonStream.Alerts;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Charts;
using LeptonStream.Notifier.Routing;

namespace LeptonStream.Roles.Tests.Notifier.Channels;

[Parallelizable]
public sealed class ChartPictureTests
{
    private static readonly byte[] Header = [0x89, .. "PNG\r\n\u001a\n"u8];

    private static IEnumerable<TestCaseData> Series()
    {
        yield return new TestCaseData((Func<int, double>)(i => 60 + (i % 5))).SetArgDisplayNames("ordinary");
        yield return new TestCaseData((Func<int, double>)(_ => 0)).SetArgDisplayNames("constant");
        yield return new TestCaseData((Func<int, double>)(i => i % 3 == 0 ? double.NaN : i)).SetArgDisplayNames("gaps");
        yield return new TestCaseData((Func<int, double>)(i => i == 9 ? double.PositiveInfinity : i)).SetArgDisplayNames("infinite");
        yield return new TestCaseData((Func<int, double>)(i => i * 1e300)).SetArgDisplayNames("huge");
        yield return new TestCaseData((Func<int, double>)(i => -1e-300 * i)).SetArgDisplayNames("tiny");
    }

    [TestCaseSource(nameof(Series))]
    public void Draw_AnySeries_IsAPicture(Func<int, double> value)
    {
        var png = ChartPicture.Draw(Points(120, value), SampleNotifications.At, TimeZoneInfo.Utc)!;

        Assert.That(png.Take(8), Is.EqualTo(Header));
        Assert.That(BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), Is.EqualTo(720));
        Assert.That(png, Has.Length.InRange(500, 60_000));
    }

    [TestCase(0)]
    [TestCase(1)]
    public void Draw_TooFewPoints_IsNone(int points) =>
        Assert.That(ChartPicture.Draw(Points(points, i => i), SampleNotifications.At, TimeZoneInfo.Utc), Is.Null);

    [Test]
    public void Draw_AllAtOneTime_IsNone() => Assert.That(
        ChartPicture.Draw([.. Points(5, i => i).Select(point => point with { Time = SampleNotifications.At })], SampleNotifications.At,
            TimeZoneInfo.Utc),
        Is.Null);

    [TestCase("discord", "webhook_url: 'URL/hook'", "attachment://chart.png")]
    [TestCase("telegram", "bot_token: t, chat_id: 1, api_url: URL", "/sendPhoto")]
    [TestCase("pushover", "user_key: u, token: t, api_url: 'URL/x'", "image/png")]
    public async Task Send_WithAChart_ShowsIt(string kind, string fields, string sign)
    {
        await using var server = await ChannelServer.Start();
        server.Answer = _ => new ServerAnswer(200, """{"ok":true,"status":1}""");

        Assert.That(await Sent(server, kind, fields), Does.Contain(sign));
        Assert.That(await Sent(server, kind, fields + ", chart: false"), Does.Not.Contain(sign));
    }

    private static async Task<string> Sent(ChannelServer server, string kind, string fields)
    {
        var yaml = $"route: {{receiver: ops}}\nreceivers:\n- name: ops\n  {kind}_configs:\n  - {{{fields}}}\n";
        var routing = RoutingFile.Parse(yaml.Replace("URL", server.Url, StringComparison.Ordinal), "routing.yaml", out var errors);
        Assert.That(errors, Is.Empty);
        var picture = ChartPicture.Draw(Points(60, i => i), SampleNotifications.At, TimeZoneInfo.Utc);
        using var factory = ChannelCase.FactoryFor("loopback", (_, _, _) => Task.FromResult(picture));
        server.Forget();

        var outcome = await factory.Make(routing!.Channels[("ops", $"{kind}/0")])
            .Send("id", SampleNotifications.Firing(), CancellationToken.None);

        Assert.That((outcome.Result, outcome.Error), Is.EqualTo((DeliveryResult.Delivered, (string?)null)));
        var call = server.Calls.Single();
        return call.Target + call.Body;
    }

    private static AlertPoint[] Points(int count, Func<int, double> value) => [.. Enumerable.Range(0, count).Select(i =>
        new AlertPoint(SampleNotifications.At + TimeSpan.FromSeconds(15 * (i - count)), value(i), 62, i % 10 == 0 ? double.NaN : 60, 64))];
}
