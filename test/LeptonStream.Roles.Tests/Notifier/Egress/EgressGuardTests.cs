using System.Net;
using LeptonStream.Alerting;
using LeptonStream.Notifier;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Egress;
using LeptonStream.Roles.Tests.Notifier.Channels;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Notifier.Egress;

/// <summary>No channel reaches an address that is not allowed: not by a spelling, not by a name, not by one that changes.</summary>
[Parallelizable]
public sealed class EgressGuardTests
{
    // Names as a server of names might answer them; everything else must be blocked without asking one.
    private static readonly Dictionary<string, string[]> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["localhost"] = ["127.0.0.1", "::1"],
        ["localhost."] = ["127.0.0.1"],
        ["app.localhost"] = ["127.0.0.1"],
        ["127.0.0.1.nip.io"] = ["127.0.0.1"],
        ["localtest.me"] = ["127.0.0.1", "::1"],
        ["internal.example.org"] = ["10.0.0.5"],
        ["mixed.example.org"] = ["93.184.215.14", "10.0.0.5"],
        ["mapped.example.org"] = ["::ffff:192.168.1.1"],
        ["linklocal.example.org"] = ["169.254.169.254"],
        ["aws6.example.org"] = ["fd00:ec2::254"],
        ["xn--fsqu00a.example.org"] = ["172.16.9.9"],
        ["zero.example.org"] = ["0.0.0.0"],
        ["carrier.example.org"] = ["100.64.1.1"],
        ["nat64.example.org"] = ["64:ff9b::a00:5"],
    };

    private static readonly string[] Corpus =
    [
        "http://127.0.0.1/", "http://127.0.0.1:8080/", "https://127.0.0.1/", "http://127.1/", "http://127.0.1/", "http://127.255.255.254/",
        "http://2130706433/", "http://017700000001/", "http://0x7f000001/", "http://0x7f.0x0.0x0.0x1/", "http://0177.0.0.1/",
        "http://0x7f.1/", "http://0177.0.0.01/", "http://127.0.0.1./", "http://１２７.0.0.1/", "http://127。0。0。1/",
        "http://user@127.0.0.1/", "http://example.org@127.0.0.1/", "http://example.org:80@127.0.0.1/", "http://127.0.0.1#@example.org/",
        "http://127.0.0.1?@example.org/", "http://[::1]/", "http://[::1]:25/", "http://[0:0:0:0:0:0:0:1]/", "http://[::0001]/",
        "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[0:0:0:0:0:ffff:127.0.0.1]/", "http://[::127.0.0.1]/",
        "http://[::ffff:10.0.0.1]/", "http://[::ffff:a9fe:a9fe]/", "http://[::]/", "http://0.0.0.0/", "http://0/", "http://0x0/",
        "http://0.0.0.0:22/", "http://0.1.2.3/", "http://localhost/", "http://LOCALHOST/", "http://localhost./", "http://app.localhost/",
        "http://127.0.0.1.nip.io/", "http://localtest.me/", "http://10.0.0.1/", "http://10.255.255.255/", "http://167772161/",
        "http://0xa000001/", "http://012.0.0.1/", "http://172.16.0.1/", "http://172.31.255.255/", "http://2886729729/",
        "http://192.168.0.1/", "http://192.168.1.1:8443/", "http://3232235777/", "http://0xc0a80101/", "http://0300.0250.1.1/",
        "http://100.64.0.1/", "http://100.127.255.255/", "http://169.254.169.254/latest/meta-data/", "http://169.254.170.2/v2/credentials",
        "http://2852039166/", "http://0xa9fea9fe/", "http://0251.0376.0251.0376/", "http://169.254.43518/", "http://[fe80::1]/",
        "http://[fe80::1%25eth0]/", "http://[febf::1]/", "http://[fec0::1]/", "http://[fc00::1]/", "http://[fd12:3456::1]/",
        "http://[fd00:ec2::254]/latest/meta-data/", "http://[fd20:ce::254]/", "http://100.100.100.200/latest/meta-data/",
        "http://168.63.129.16/machine", "http://192.0.0.192/", "http://metadata.google.internal/computeMetadata/v1/", "http://metadata/",
        "http://METADATA.GOOGLE.INTERNAL./", "http://instance-data/latest/", "http://192.0.0.1/", "http://192.0.2.1/",
        "http://198.18.0.1/", "http://198.51.100.7/", "http://203.0.113.9/", "http://224.0.0.1/", "http://239.255.255.250:1900/",
        "http://240.0.0.1/", "http://255.255.255.255/", "http://4294967295/", "http://[ff02::1]/", "http://[64:ff9b::7f00:1]/",
        "http://[64:ff9b:1::1]/", "http://[2002:7f00:1::]/", "http://[2002:a00:1::1]/", "http://[2001::1]/", "http://[2001:db8::1]/",
        "http://[100::1]/", "http://[5f00::1]/", "http://internal.example.org/", "http://mixed.example.org/", "http://mapped.example.org/",
        "http://linklocal.example.org/", "http://aws6.example.org/", "http://例子.example.org/", "http://zero.example.org/",
        "http://carrier.example.org/", "http://nat64.example.org/",
    ];

    [Test]
    public void Corpus_HasTheSizeThatIsPromised() => Assert.That(Corpus.Distinct().Count(), Is.GreaterThanOrEqualTo(80));

    [TestCaseSource(nameof(Corpus))]
    public async Task Send_TargetThatIsNotAllowed_IsBlockedBeforeAByteLeaves(string url)
    {
        var dialled = 0;
        using var factory = Factory("", Answer, () => dialled++);

        var outcome = await Send(factory, url);

        Assert.That(outcome.Result, Is.EqualTo(DeliveryResult.Failed), "it is delivered once the setting is right");
        Assert.That(outcome.Error, Does.Contain("blocked: ").And.Not.Contain("latest"));
        Assert.That(dialled, Is.Zero);
    }

    [TestCaseSource(nameof(Corpus))]
    public async Task Send_ThroughAProxy_IsBlockedByLiteralsAndKnownNamesAsWell(string url)
    {
        var host = new Uri(url).IdnHost;
        if (Names.ContainsKey(host) && !host.Contains("localhost", StringComparison.OrdinalIgnoreCase)) return;
        var dialled = 0;
        using var factory = Factory("", Answer, () => dialled++, proxy: "http://10.9.9.9:3128");

        var outcome = await Send(factory, url);

        Assert.That(outcome.Error, Does.Contain("blocked: "));
        Assert.That(dialled, Is.Zero);
    }

    [Test]
    public async Task Send_NameThatChangesBehindTheCheck_IsCalledAtTheAddressThatWasChecked()
    {
        await using var secret = await WebhookSink.Start();
        var asked = 0;
        IPAddress[] dialled = [];
        var guard = new EgressGuard(AllowedTargets.Parse("", out _))
        {
            // Public when it is checked, this machine ever after.
            Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(asked++ == 0 ? "93.184.215.14" : "127.0.0.1")]),
            Dial = (addresses, _, _) =>
            {
                dialled = addresses;
                throw new IOException("nobody is there");
            },
        };
        using var factory = Factory(guard);
        var url = secret.Url().Replace("127.0.0.1", "rebinding.example.org", StringComparison.Ordinal);

        var first = await Send(factory, url);
        var second = await Send(factory, url);

        Assert.That(first.Error, Does.Contain("nobody is there"));
        Assert.That(dialled, Is.EqualTo(new[] { IPAddress.Parse("93.184.215.14") }), "asked once, and connected to that answer");
        Assert.That(second.Error, Does.Contain("blocked: rebinding.example.org is 127.0.0.1, this machine"));
        Assert.That((asked, secret.Calls.Count), Is.EqualTo((2, 0)));
    }

    [TestCase("loopback", "http://127.0.0.1/")]
    [TestCase("loopback", "http://[::1]/")]
    [TestCase("private", "http://10.1.2.3/")]
    [TestCase("private", "http://[fd12::1]/")]
    [TestCase("private, loopback", "http://172.20.0.1/")]
    [TestCase("10.0.0.0/8", "http://10.1.2.3/")]
    [TestCase("10.1.2.3", "http://10.1.2.3/")]
    [TestCase("internal.example.org", "http://internal.example.org/")]
    [TestCase("*.example.org", "http://internal.example.org/")]
    [TestCase("169.254.169.254", "http://169.254.169.254/")]
    [TestCase("100.100.100.200", "http://100.100.100.200/")]
    public async Task Send_TargetThatTheSettingAllows_IsCalled(string allowed, string url)
    {
        var dialled = 0;
        using var factory = Factory(allowed, Answer, () => dialled++);

        await Send(factory, url);

        Assert.That(dialled, Is.EqualTo(1));
    }

    [TestCase("private", "http://127.0.0.1/")]
    [TestCase("private", "http://169.254.169.254/")]
    [TestCase("private", "http://100.100.100.200/")]
    [TestCase("100.64.0.0/10", "http://100.100.100.200/")]
    [TestCase("fc00::/7", "http://[fd00:ec2::254]/")]
    [TestCase("linklocal.example.org", "http://linklocal.example.org/")]
    [TestCase("*.example.org", "http://aws6.example.org/")]
    [TestCase("example.org", "http://internal.example.org/")]
    [TestCase("10.0.0.0/24", "http://10.1.2.3/")]
    public async Task Send_TargetBesideTheSetting_StaysBlocked(string allowed, string url)
    {
        var dialled = 0;
        using var factory = Factory(allowed, Answer, () => dialled++);

        Assert.That((await Send(factory, url)).Error, Does.Contain("blocked: "));
        Assert.That(dialled, Is.Zero);
    }

    [TestCase("http://10.1.2.3/", "blocked: 10.1.2.3 is a private address; to allow it, add 10.1.2.3, its network or 'private' to "
        + "Notifier:AllowedTargets")]
    [TestCase("http://internal.example.org/", "blocked: internal.example.org is 10.0.0.5, a private address; to allow it, add 10.0.0.5, "
        + "its network, internal.example.org or 'private' to Notifier:AllowedTargets")]
    [TestCase("http://169.254.169.254/", "blocked: 169.254.169.254 is a link-local address; only the address itself in "
        + "Notifier:AllowedTargets allows it")]
    public async Task Send_Blocked_SaysWhichSettingAllowsIt(string url, string expected)
    {
        using var factory = Factory("", Answer, () => { });

        Assert.That((await Send(factory, url)).Error, Does.Contain(expected));
    }

    [TestCase("10.0.0.0/33")]
    [TestCase("privat:1")]
    [TestCase("loopback, http://a")]
    public void Parse_WrongEntry_IsNamedWithTheSetting(string text)
    {
        AllowedTargets.Parse(text, out var error);

        Assert.That(error, Does.StartWith("Notifier:AllowedTargets has the entry '"));
    }

    [Test]
    public async Task Send_Redirect_IsNotFollowed()
    {
        await using var elsewhere = await WebhookSink.Start();
        await using var sink = await WebhookSink.Start();
        sink.Answer = _ => new SinkAnswer(307, Location: elsewhere.Url());
        using var factory = Factory(new EgressGuard(AllowedTargets.Parse("loopback", out _)));

        var outcome = await Send(factory, sink.Url());

        Assert.That(outcome.Result, Is.EqualTo(DeliveryResult.Refused));
        Assert.That(elsewhere.Calls, Is.Empty);
    }

    private static Task<IPAddress[]> Answer(string name) =>
        Task.FromResult<IPAddress[]>([.. Names[name].Select(IPAddress.Parse)]);

    private static Task<DeliveryOutcome> Send(ChannelFactory factory, string url) =>
        factory.Make(new WebhookSettings(true, new Uri(url), 0, null)).Send("id", SampleNotifications.Firing(), CancellationToken.None);

    private static ChannelFactory Factory(string allowed, Func<string, Task<IPAddress[]>> resolve, Action dialled, string? proxy = null) =>
        Factory(new EgressGuard(AllowedTargets.Parse(allowed, out _))
        {
            Resolve = (name, _) => resolve(name),
            Dial = (_, _, _) =>
            {
                dialled();
                throw new IOException("nobody is there");
            },
        }, proxy);

    private static ChannelFactory Factory(EgressGuard guard, string? proxy = null) =>
        new(new ConsoleOutput(TextWriter.Null), new NotifierOptions { ProxyUrl = proxy }, guard, TimeProvider.System);
}
