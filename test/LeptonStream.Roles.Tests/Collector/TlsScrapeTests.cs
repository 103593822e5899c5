using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using LeptonStream.Collector.Scrape;
using LeptonStream.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace LeptonStream.Roles.Tests.Collector;

/// <summary>Targets that are scraped by mutual TLS and with tokens, both of which are renewed on disk while the collector runs.</summary>
[Parallelizable]
public sealed class TlsScrapeTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Target_WithMutualTls_IsReadAndRenewedFilesAreTakenUp()
    {
        var (authority, other) = (new TestCertificates("a"), new TestCertificates("b"));
        var server = authority;
        await using var exporter = await FakeExporter.Start(http => http.Response.WriteAsync("x 1\n"),
            _ => new SslServerAuthenticationOptions
            {
                ServerCertificate = server.Server(), ClientCertificateRequired = true,
                // It takes the certificates of its own authority.
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown is X509Certificate2 client && IsOf(client, server),
            });
        Mount(authority);
        using var client = Client(new(Path.Combine(_folder, "ca.crt"), Path.Combine(_folder, "tls.crt"), Path.Combine(_folder, "tls.key")));
        var url = new Uri($"https://{exporter.Target}/metrics");
        Assert.That(await Read(client, url), Is.Null);

        server = other;
        await exporter.Cut();
        Assert.That(await Read(client, url), Is.Not.Null, "of an authority that is not trusted");
        Mount(other);
        await Eventually.True(() => Read(client, url).Result is null, "the renewed files are in force");
    }

    // Both sides trust the root alone, and their certificates are of an authority two below it.
    [TestCase(2, true)]
    [TestCase(1, false)]
    [TestCase(0, false)]
    public async Task Certificate_OfAChain_IsShownWithThoseBetween(int between, bool isRead)
    {
        var root = new TestCertificates("root");
        var upper = root.Between("upper");
        var lower = upper.Between("lower");
        var (own, shown) = (lower.Client("collector"), Path.Combine(_folder, $"chain-{between}"));
        await File.WriteAllTextAsync(shown + ".ca", root.Pem);
        await File.WriteAllTextAsync(shown + ".key", TestCertificates.KeyPem(own));
        await File.WriteAllTextAsync(shown + ".crt",
            own.ExportCertificatePem() + '\n' + string.Join('\n', new[] { lower.Pem, upper.Pem }.Take(between)));
        await using var exporter = await FakeExporter.Start(http => http.Response.WriteAsync("x 1\n"),
            _ => new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(
                    lower.Server(), [X509Certificate2.CreateFromPem(lower.Pem), X509Certificate2.CreateFromPem(upper.Pem)], offline: true),
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback =
                    (_, client, chain, _) => client is X509Certificate2 certificate && IsOf(certificate, root, chain),
            });

        using var client = Client(new(shown + ".ca", shown + ".crt", shown + ".key"));

        Assert.That(await Read(client, new($"https://{exporter.Target}/metrics")), isRead ? Is.Null : Is.Not.Null);
    }

    [TestCase("cert_file: missing.crt", "key_file")]
    [TestCase("ca_file: missing.crt", "no such file")]
    public void TlsConfig_ThatIsWrong_IsNamed(string setting, string words)
    {
        var yaml = $"scrape_configs: [{{job_name: j, tls_config: {{{setting}}}}}]";
        Assert.That(LeptonStream.Collector.Mapping.CollectorFile.Parse(yaml, "c.yaml", out var errors), Is.Null);
        Assert.That(errors.Single(), Does.Contain("tls_config").And.Contain(words));
    }

    [Test]
    public async Task ServerName_OfTheCertificate_IsAskedForInsteadOfTheHost()
    {
        var authority = new TestCertificates("c");
        await using var exporter = await FakeExporter.Start(http => http.Response.WriteAsync("x 1\n"),
            _ => new SslServerAuthenticationOptions { ServerCertificate = authority.Server() });
        var file = Path.Combine(_folder, "only-ca.crt");
        await File.WriteAllTextAsync(file, authority.Pem);
        var url = new Uri($"https://{exporter.Target}/metrics");

        using var right = Client(new(file, ServerName: "localhost"));
        Assert.That(await Read(right, url), Is.Null);
        using var wrong = Client(new(file, ServerName: "other.example"));
        Assert.That(await Read(wrong, url), Is.Not.Null);
    }

    [Test]
    public async Task Token_ChangedInItsFile_IsSentWithTheNextScrape()
    {
        var asked = "";
        await using var exporter = await FakeExporter.Start(http =>
        {
            asked = http.Request.Headers.Authorization.ToString();
            return http.Response.WriteAsync("x 1\n");
        });
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "token")).FullName;
        TestCertificates.Mount(folder, ("token", "first\n"));
        using var client = new PageClient(new() { Name = "j", CredentialsFile = Path.Combine(folder, "token") }, TimeProvider.System);
        await Read(client, new($"http://{exporter.Target}/metrics"));
        Assert.That(asked, Is.EqualTo("Bearer first"));

        TestCertificates.Mount(folder, ("token", "second"));
        await Read(client, new($"http://{exporter.Target}/metrics"));
        Assert.That(asked, Is.EqualTo("Bearer second"));
    }

    private static PageClient Client(TargetTlsFiles files) => new(new() { Name = "j", Tls = files }, TimeProvider.System);

    // Reason for which it can't be read; null where it can.
    private static async Task<string?> Read(PageClient client, Uri url)
    {
        try
        {
            await client.Read(url, default);
            return null;
        }
        catch (HttpRequestException failure)
        {
            return failure.Message;
        }
    }

    private static bool IsOf(X509Certificate2 certificate, TestCertificates authority, X509Chain? sent = null)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.ImportFromPem(authority.Pem);
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (sent is not null) chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        return chain.Build(certificate);
    }

    private void Mount(TestCertificates authority)
    {
        var own = authority.Client("collector");
        TestCertificates.Mount(_folder, ("ca.crt", authority.Pem), ("tls.crt", own.ExportCertificatePem()),
            ("tls.key", TestCertificates.KeyPem(own)));
    }
}
