using System.Net;
using System.Security.Cryptography.X509Certificates;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Collector;

/// <summary>Senders by mutual TLS, and certificates that are renewed on disk while the collector runs.</summary>
[Parallelizable]
public sealed class TlsIntakeTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly TestCertificates _servers = new("servers");
    private readonly TestCertificates _clients = new("clients");
    private readonly TestCertificates _strangers = new("clients");

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Client_IsLetInByAValidCertificateOfTheAuthorityOnly(
        [Values("Http", "Grpc")] string way, [Values("good", "none", "stranger", "expired", "server")] string kind)
    {
        var folder = Secret(_servers, _clients);
        using var rig = Rig(folder, way).Start();
        using var client = ClientOf(kind switch
        {
            "good" => _clients.Client("otel"),
            "stranger" => _strangers.Client("otel"),
            "expired" => _clients.Client("otel", untilDays: -1),
            "server" => _clients.Server("otel"),
            _ => null,
        }, () => _servers);

        var address = way == "Http" ? rig.Http.BaseAddress! : rig.Grpc;
        if (kind == "good")
        {
            Assert.That((int)await Status(client, address), Is.EqualTo(way == "Http" ? 400 : 200));
            return;
        }

        Assert.That(() => Status(client, address), Throws.Exception, kind);
        using var neighbour = ClientOf(_clients.Client("neighbour"), () => _servers);
        Assert.That((int)await Status(neighbour, address), Is.EqualTo(way == "Http" ? 400 : 200));
    }

    // The sender trusts the root alone, and the collector's certificate is of an authority two below it.
    [TestCase(2, true)]
    [TestCase(0, false)]
    public async Task Certificate_OfAChain_IsShownWithThoseBetween(int between, bool isTrusted)
    {
        var upper = _servers.Between("upper");
        var lower = upper.Between("lower");
        var (own, folder) = (lower.Server(), Secret(_servers, _clients));
        TestCertificates.Mount(folder, ("ca.crt", _clients.Pem), ("tls.key", TestCertificates.KeyPem(own)), ("tls.crt",
            own.ExportCertificatePem() + '\n' + string.Join('\n', new[] { lower.Pem, upper.Pem }.Take(between))));
        using var rig = Rig(folder, "Http").Start();

        Assert.That(await IsTaken(rig, _clients, _servers), Is.EqualTo(isTrusted));
    }

    [Test]
    public async Task Certificates_RenewedOnDisk_AreTakenUpWithoutARestart()
    {
        var (nextServers, nextClients) = (new TestCertificates("servers"), new TestCertificates("clients"));
        var folder = Secret(_servers, _clients);
        using var rig = Rig(folder, "Http").Start();
        Assert.That(await IsTaken(rig, _clients, _servers), Is.True);

        Mount(folder, nextServers, nextClients);

        await Eventually.True(() => IsTaken(rig, nextClients, nextServers).Result, "the renewed certificate and authority are in force");
        Assert.That(await IsTaken(rig, _clients, nextServers), Is.False, "of the authority before");
        Assert.That(await IsTaken(rig, nextClients, _servers), Is.False, "the certificate before");
    }

    [Test]
    public async Task Certificates_ThatCanNotBeUsed_ChangeNothing()
    {
        var folder = Secret(_servers, _clients);
        using var rig = Rig(folder, "Http").Start();

        // A key of another certificate, as between the two halves of a renewal.
        TestCertificates.Mount(folder, ("tls.crt", _servers.Server().ExportCertificatePem()),
            ("tls.key", TestCertificates.KeyPem(_servers.Server())), ("ca.crt", "nothing"));
        await Task.Delay(TimeSpan.FromSeconds(5));
        Assert.That(await IsTaken(rig, _clients, _servers), Is.True);

        Mount(folder, _servers, _strangers);
        await Eventually.True(() => IsTaken(rig, _strangers, _servers).Result, "files that can be used are in force");
    }

    private static async Task<bool> IsTaken(CollectorRig rig, TestCertificates client, TestCertificates server)
    {
        // A connection that is open stays, so each asks by one of its own.
        using var http = ClientOf(client.Client("otel"), () => server);
        try
        {
            return await Status(http, rig.Http.BaseAddress!) == HttpStatusCode.BadRequest;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<HttpStatusCode> Status(HttpClient client, Uri address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "/write?precision=x"))
        {
            Content = new ByteArrayContent([1]), VersionPolicy = HttpVersionPolicy.RequestVersionOrHigher,
        };
        request.Content.Headers.ContentType = new("application/grpc");
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    private static HttpClient ClientOf(X509Certificate2? certificate, Func<TestCertificates> server)
    {
        var handler = new SocketsHttpHandler();
        if (certificate is not null) handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        handler.SslOptions.CertificateChainPolicy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPem(server().Pem);
        return new(handler) { Timeout = TimeSpan.FromSeconds(10) };
    }

    private string Secret(TestCertificates server, TestCertificates client)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))).FullName;
        Mount(folder, server, client);
        return folder;
    }

    private static void Mount(string folder, TestCertificates server, TestCertificates client)
    {
        var certificate = server.Server();
        TestCertificates.Mount(folder, ("tls.crt", certificate.ExportCertificatePem()),
            ("tls.key", TestCertificates.KeyPem(certificate)), ("ca.crt", client.Pem));
    }

    private static CollectorRig Rig(string folder, string way) => new(($"Collector:{way}Url", "https://127.0.0.1:0"),
        ("Collector:CertificateFile", Path.Combine(folder, "tls.crt")), ("Collector:CertificateKeyFile", Path.Combine(folder, "tls.key")),
        ("Collector:ClientCaFile", Path.Combine(folder, "ca.crt")));
}
