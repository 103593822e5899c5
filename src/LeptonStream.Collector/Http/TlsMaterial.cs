using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LeptonStream.Collector.Http;

/// <summary>The server's certificate and the authorities of clients, as their files are at one time.</summary>
/// <param name="Certificate">The certificate with its key and those between it and its authority.</param>
/// <param name="Ends">When it expires.</param>
/// <param name="Authorities">The authorities of clients; null where clients need no certificate.</param>
internal sealed record TlsMaterial(
    SslStreamCertificateContext Certificate, DateTimeOffset Ends, X509Certificate2Collection? Authorities)
{
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    /// <summary>Reads the files of the settings.</summary>
    /// <exception cref="CryptographicException">They can't be used, or a file is away; the message names the settings.</exception>
    public static TlsMaterial Read(CollectorOptions options)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(options.CertificateFile!);
            var certificate = X509Certificate2.CreateFromPemFile(options.CertificateFile!, options.CertificateKeyFile);
            return new(SslStreamCertificateContext.Create(certificate, [.. chain.Skip(1)], offline: true), certificate.NotAfter,
                AuthoritiesOf(options));
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new CryptographicException(
                $"Collector:CertificateFile, CertificateKeyFile or ClientCaFile can't be used: {unreadable.Message}");
        }
    }

    /// <summary>Says why a client is not let in by its certificate; null where it is.</summary>
    public string? RefusalOf(X509Certificate2? certificate, X509Chain? sent)
    {
        if (certificate is null) return "it shows no certificate";
        // Our own authorities alone count, and no list of revocations is fetched from wherever the certificate says.
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Authorities!);
        if (sent is not null) chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        // Of a client: one that was made for servers does not count.
        chain.ChainPolicy.ApplicationPolicy.Add(new(ClientUse));
        if (chain.Build(certificate)) return null;
        return $"{certificate.Subject}: {string.Join(", ", chain.ChainStatus.Select(status => status.Status))}";
    }

    private static X509Certificate2Collection? AuthoritiesOf(CollectorOptions options)
    {
        if (options.ClientCaFile is not { Length: > 0 } file) return null;
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        return authorities.Count > 0 ? authorities : throw new CryptographicException($"there is no certificate in '{file}'");
    }
}
