using System.Reflection;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Channels.Kinds;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Notifier.Channels;

[Parallelizable]
public sealed class ChannelSettingsTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lepton-certificates-").FullName;

    private static IEnumerable<Type> Kinds => typeof(ChannelSettings).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(ChannelSettings)) || type == typeof(HttpOptions));

    [OneTimeTearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    // Its comparison leaves out user and password: a channel with a new one would go on with the old one.
    [TestCaseSource(nameof(Kinds))]
    public void Settings_OfEveryKind_HoldNoUri(Type kind) =>
        Assert.That(kind.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(property => property.PropertyType == typeof(Uri)), Is.Empty);

    [TestCase("https://ops:old@hooks.example.org/x", "https://ops:new@hooks.example.org/x")]
    [TestCase("https://ops:old@hooks.example.org/x", "https://hooks.example.org/x")]
    [TestCase("https://hooks.example.org/x#a", "https://hooks.example.org/x#b")]
    public void Settings_AddressesThatDifferInASecret_AreNotEqual(string before, string after)
    {
        Assert.That(Webhook(after), Is.Not.EqualTo(Webhook(before)));
        Assert.That(new HttpOptions { Proxy = new Uri(after) }, Is.Not.EqualTo(new HttpOptions { Proxy = new Uri(before) }));
        Assert.That(Webhook(before).ToString(), Does.Not.Contain("old"));
    }

    [Test]
    public async Task Send_CertificateComesLate_IsUsedAtTheNextAttempt()
    {
        await using var sink = await WebhookSink.Start();
        var authority = Path.Combine(_folder, "ca.pem");
        using var factory = ChannelCase.FactoryFor("loopback");
        var channel = factory.Make(Webhook(sink.Url()) with { Http = new() { CaFile = authority } });

        var early = await channel.Send("id", SampleNotifications.Firing(), CancellationToken.None);
        Assert.That(early.Result, Is.EqualTo(DeliveryResult.Failed));
        Assert.That(early.Error, Does.Contain("ca.pem"));

        await File.WriteAllTextAsync(authority, "");
        var late = await channel.Send("id", SampleNotifications.Firing(), CancellationToken.None);
        Assert.That((late.Result, late.Error), Is.EqualTo((DeliveryResult.Delivered, (string?)null)));
    }

    [TestCase(true, 3)]
    [TestCase(false, 2)]
    public async Task Send_ToAnotherAlertmanager_HoldsUntilTheEndIsSentToo(bool sendResolved, int days)
    {
        await using var sink = await WebhookSink.Start();
        using var factory = ChannelCase.FactoryFor("loopback");
        await factory.Make(new AlertmanagerSettings(sendResolved, new Uri(sink.Url()), null))
            .Send("id", SampleNotifications.Firing(), CancellationToken.None);

        var endsAt = sink.Calls.Single().Body[0].GetProperty("endsAt").GetDateTimeOffset();
        Assert.That(endsAt - DateTimeOffset.UtcNow, Is.EqualTo(TimeSpan.FromDays(days)).Within(TimeSpan.FromHours(1)),
            "days, and no year: should its end be lost, it ends");
    }

    // An incident that stays open needs no word, and one that a person closed must not be opened by an end.
    [Test]
    public void Fit_OthersOfTheIncidentAreHeldBack_ProgramsThatKeepIncidentsGetNoEnd()
    {
        var pager = new PagerDutySettings(true, new Uri("https://pager.example.org/"), new("key"), IsVersion1: false, null, null);
        var firing = SampleNotifications.Firing();
        var over = firing with { Alerts = [.. firing.Alerts.Select(alert => alert with { EndsAt = alert.StartsAt })] };

        Assert.That(pager.Fit(over with { Withheld = 1 }), Is.Empty);
        Assert.That(pager.Fit(over), Has.Exactly(1).Items);
        Assert.That(pager.Fit(firing with { Withheld = 1 }), Has.Exactly(1).Items);
        Assert.That(Webhook("https://hooks.example.org/x").Fit(over with { Withheld = 1 }), Has.Exactly(1).Items);
    }

    private static WebhookSettings Webhook(string url) => new(true, new Uri(url), 0, null);
}
