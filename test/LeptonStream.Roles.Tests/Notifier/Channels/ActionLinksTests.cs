using LeptonStream.Alerting;
using LeptonStream.Links;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Channels.Messages;
using LeptonStream.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace LeptonStream.Roles.Tests.Notifier.Channels;

/// <summary>The link in a message by which its reader acts on it.</summary>
public sealed class ActionLinksTests
{
    private const string Id = "0192f3a4b5c67d8e9fa0b1c2d3e4f506";

    [Test]
    public async Task Link_IsSignedForItsNotificationAndEndsAfterItsHours()
    {
        await using var rig = await DeliveryRig.Create("a");
        // One of its own: the notifier's may have the key already.
        var links = ActivatorUtilities.CreateInstance<ActionLinks>(
            rig.Start(("ExternalUrl", "https://lepton.example/x/"), ("ActionLinkHours", "3")).Services);
        Assert.That(links.For(Id, SampleNotifications.Firing(1)), Is.Null, "nothing is signed before the key is known");

        await links.Prepare(CancellationToken.None);
        var address = links.For(Id, SampleNotifications.Firing(2))!.AbsoluteUri;

        Assert.That(address, Does.StartWith("https://lepton.example/x/#act="));
        await using var connection = await rig.Database.Open();
        var key = await ActionLinkKey.Find(connection, CancellationToken.None);
        Assert.That(ActionLink.TryRead(address.Split('=')[1], key!, out var link), Is.True);
        Assert.That(link.Notification.ToString("N"), Is.EqualTo(Id));
        Assert.That(link.ExpiresAt, Is.EqualTo(DateTimeOffset.UtcNow.AddHours(3)).Within(TimeSpan.FromMinutes(1)));
    }

    [Test]
    public async Task NoLink_WhereItIsSwitchedOffOrLeadsNowhere_OrTheIdIsNoneOfTheOutbox()
    {
        await using var rig = await DeliveryRig.Create("a");
        const string Page = "https://lepton.example";
        var off = rig.Start(("ActionLinkHours", "0"), ("ExternalUrl", Page)).Services.GetRequiredService<ActionLinks>();
        var local = rig.Start().Services.GetRequiredService<ActionLinks>();
        var on = rig.Start(("ExternalUrl", Page)).Services.GetRequiredService<ActionLinks>();
        foreach (var links in (ActionLinks[])[off, local, on]) await links.Prepare(CancellationToken.None);

        Assert.That(local.For(Id, SampleNotifications.Firing(1)), Is.Null, "nobody elsewhere reaches this machine's own address");
        Assert.That(off.For(Id, SampleNotifications.Firing(1)), Is.Null);
        Assert.That(on.For("test", SampleNotifications.Firing(1)), Is.Null);
        Assert.That(on.For(Id, SampleNotifications.Firing(1)), Is.Not.Null);
    }

    [Test]
    public void Message_ShowsTheLinkAfterTheDetails()
    {
        var act = new Uri("https://lepton.example/#act=abc");

        var message = MessageBuilder.Of(SampleNotifications.Firing(1), MessageStyle.Default, new("https://lepton.example"), act);

        Assert.That(message.Links.Select(link => link.Text), Is.EqualTo(new[] { "Details", "Acknowledge or silence" }).AsCollection
            .Or.EqualTo(new[] { "Details", "Acknowledge or silence", "Runbook" }).AsCollection);
        Assert.That(MessageText.Write(message, MessageStyle.Default, Markup.Html, MessageText.Steps - 1), Does.Contain(act.AbsoluteUri));
    }
}
