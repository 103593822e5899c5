using System.Net;
using System.Net.Sockets;
using System.Text;
using LeptonStream.Access;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Collector;

/// <summary>Who is not let in, and what is not taken.</summary>
[Parallelizable]
public sealed class HttpIntakeRefusalTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [TestCase(null, 401)]
    [TestCase("Bearer wrong", 401)]
    [TestCase("Bearer reader", 403)]
    [TestCase("Bearer sender", 400)]
    [TestCase("Token sender", 400)]
    [TestCase("Basic dXNlcjpzZW5kZXI=", 400)]
    public async Task Request_WithTokensInForce_IsLetInWithASendersToken(string? authorization, int status)
    {
        var file = Path.Combine(_folder, "tokens.yaml");
        File.WriteAllText(file, $"tokens:\n  - {{name: otel, role: sender, sha256: {AccessToken.DigestOf("sender")}}}\n"
            + $"  - {{name: rosa, role: viewer, sha256: {AccessToken.DigestOf("reader")}}}\n");
        using var rig = new CollectorRig(("Collector:TokensFile", file)).Start();

        // The precision is wrong, so that whoever is let in gets another answer than whoever is not.
        using var answer = authorization is null
            ? await rig.Post("/write?precision=fortnight", "m f=1"u8.ToArray(), null)
            : await rig.Post("/write?precision=fortnight", "m f=1"u8.ToArray(), null, ("Authorization", authorization));

        Assert.That((int)answer.StatusCode, Is.EqualTo(status));
        Assert.That(answer.Headers.WwwAuthenticate.Count, Is.EqualTo(status == 401 ? 1 : 0));
    }

    [TestCase("/api/v1/write", "text/plain", 415, "application/x-protobuf")]
    [TestCase("/api/v1/write", "application/x-protobuf;proto=io.prometheus.write.v3.Request", 415, "io.prometheus.write.v2.Request")]
    [TestCase("/v1/metrics", "text/csv", 415, "application/json")]
    [TestCase("/write?precision=fortnight", null, 400, "precision is 'fortnight': it may be ns")]
    [TestCase("/metrics/job", null, 400, "/metrics/job/JOB")]
    [TestCase("/metrics/job/a/b", null, 400, "/metrics/job/JOB")]
    [TestCase("/metrics/job@base64/%21", null, 400, "base64")]
    public async Task Request_OfAnotherKind_IsRefusedWithWhatIsAllowed(string path, string? type, int status, string words)
    {
        using var rig = new CollectorRig().Start();

        using var answer = await rig.Post(path, [1], type);

        Assert.That((int)answer.StatusCode, Is.EqualTo(status));
        Assert.That(await Text(answer), Does.Contain(words));
    }

    [Test]
    public async Task Body_LargerThanAllowed_IsRefusedWhetherAnnouncedOrNot([Values] bool isAnnounced)
    {
        using var rig = new CollectorRig(("Collector:MaxBodyBytes", "2048")).Start();
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/samples")
        {
            Content = isAnnounced ? new ByteArrayContent(new byte[5_000]) : new StreamContent(new NoLength(new byte[5_000])),
        };

        using var answer = await rig.Http.SendAsync(request);

        Assert.That((int)answer.StatusCode, Is.EqualTo(413));
        Assert.That(await Text(answer), Does.Contain("Collector:MaxBodyBytes"));
    }

    [Test]
    public async Task Sender_WhoTrickles_IsCutOffAndDisturbsNobody()
    {
        using var rig = new CollectorRig().Start();
        using var slow = new TcpClient();
        await slow.ConnectAsync(rig.Http.BaseAddress!.Host, rig.Http.BaseAddress.Port);
        await using var stream = slow.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("POST /v1/samples HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n{"));

        using var other = await rig.Post("/write?precision=x", [], null);
        Assert.That((int)other.StatusCode, Is.EqualTo(400));

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var answer = new byte[4_096];
        var length = await stream.ReadAsync(answer, limit.Token);
        Assert.That(Encoding.ASCII.GetString(answer, 0, length), Does.StartWith("HTTP/1.1 408"));
    }

    [Test]
    public async Task Source_BeyondItsRate_IsAskedToComeLaterAndAnotherIsNot()
    {
        using var rig = new CollectorRig(("Collector:SourceBytesPerSecond", "10")).Start();
        for (var i = 0; i < 2; i++) using (await rig.Post("/v1/samples", new byte[200], null, ("X-Scope-OrgID", "loud"))) { }

        using var loud = await rig.Post("/v1/samples", [1], null, ("X-Scope-OrgID", "loud"));
        using var quiet = await rig.Post("/v1/samples", [1], null, ("X-Scope-OrgID", "quiet"));

        Assert.That(loud.StatusCode, Is.EqualTo(HttpStatusCode.TooManyRequests));
        Assert.That(loud.Headers.RetryAfter?.Delta, Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(1)));
        Assert.That(await Text(loud), Does.Contain("Collector:SourceBytesPerSecond"));
        Assert.That((int)quiet.StatusCode, Is.EqualTo(400));
    }

    [TestCase("ftp://0.0.0.0:1", "http://host:port")]
    [TestCase("http://0.0.0.0:4318/metrics", "http://host:port")]
    [TestCase("https://0.0.0.0:4318", "Collector:CertificateFile")]
    [TestCase("http://example.org:4318", "http://host:port")]
    public void Settings_ThatAreWrong_AreNamed(string url, string words)
    {
        using var rig = new CollectorRig(("Collector:HttpUrl", url));

        Assert.That(() => rig.Start(), Throws.Exception.With.Message.Contains(words));
    }

    [Test]
    public async Task TokensFile_Changed_IsInForceWithoutARestart()
    {
        var file = Path.Combine(_folder, "changing.yaml");
        File.WriteAllText(file, $"tokens:\n  - {{name: a, role: sender, sha256: {AccessToken.DigestOf("first")}}}\n");
        using var rig = new CollectorRig(("Collector:TokensFile", file)).Start();
        File.WriteAllText(file, $"tokens:\n  - {{name: a, role: sender, sha256: {AccessToken.DigestOf("second")}}}\n");
        await rig.Reload();

        await Eventually.True(() => Status("first") == 401 && Status("second") == 400, "the new token is in force");

        int Status(string token)
        {
            using var answer = rig.Post("/write?precision=x", [], null, ("Authorization", $"Bearer {token}")).Result;
            return (int)answer.StatusCode;
        }
    }

    private static Task<string> Text(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync();

    private sealed class NoLength(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
