using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LeptonStream.Roles.Tests.Collector;

/// <summary>An authority, and certificates of it.</summary>
internal sealed class TestCertificates
{
    private static readonly (string Server, string Client) Uses = ("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");

    private readonly X509Certificate2 _authority;

    public TestCertificates(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-10), DateTimeOffset.UtcNow.AddDays(10));
    }

    private TestCertificates(X509Certificate2 authority) => _authority = authority;

    public string Pem => _authority.ExportCertificatePem();

    /// <summary>An authority between: those who trust this one trust it only where its certificate is shown.</summary>
    public TestCertificates Between(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var bare = request.Create(_authority, DateTimeOffset.UtcNow.AddDays(-9.5), DateTimeOffset.UtcNow.AddDays(9),
            RandomNumberGenerator.GetBytes(8));
        return new(bare.CopyWithPrivateKey(key));
    }

    public X509Certificate2 Client(string name, int untilDays = 5) => Leaf(name, Uses.Client, untilDays);

    public X509Certificate2 Server(string name = "server", int untilDays = 5) => Leaf(name, Uses.Server, untilDays);

    /// <summary>A folder as Kubernetes mounts a secret: files are links through one link, which a renewal moves at once.</summary>
    public static void Mount(string folder, params (string Name, string Content)[] files)
    {
        var version = $"..{Guid.NewGuid():N}";
        Directory.CreateDirectory(Path.Combine(folder, version));
        foreach (var (name, content) in files)
        {
            File.WriteAllText(Path.Combine(folder, version, name), content);
            var link = Path.Combine(folder, name);
            if (!File.Exists(link)) File.CreateSymbolicLink(link, Path.Combine("..data", name));
        }

        var next = Path.Combine(folder, "..next");
        File.CreateSymbolicLink(next, version);
        // rename(2), which replaces a link at once.
        using var move = System.Diagnostics.Process.Start("mv", ["-T", next, Path.Combine(folder, "..data")]);
        move.WaitForExit();
    }

    public static string KeyPem(X509Certificate2 certificate) => certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();

    private X509Certificate2 Leaf(string name, string use, int untilDays)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new(use)], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var bare = request.Create(_authority, DateTimeOffset.UtcNow.AddDays(-9), DateTimeOffset.UtcNow.AddDays(untilDays),
            RandomNumberGenerator.GetBytes(8));
        return bare.CopyWithPrivateKey(key);
    }
}
