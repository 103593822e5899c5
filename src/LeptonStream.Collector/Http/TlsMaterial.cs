using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeptonStream.Access;

namespace LeptonStream.Collector.Http;

/// <summary>The server's certificate and the authorities of clients, as their files are at one time.</summary>
/// <param name="Certificate">The certificate with its key and those between it and its authority.</param>
/// <param name="Ends">When it expires.</param>
/// <param name="Authorities">The authorities of clients; null where clients need no certificate.</param>
internal sealed record TlsMaterial(
    SslStreamCertificateContext Certificate, DateTimeOffset Ends, TrustedAuthorities? Authorities)
{
    /// <summary>Reads the files of the settings.</summary>
    /// <exception cref="CryptographicException">They can't be used, or a file is away; the message names the settings.</exception>
    public static TlsMaterial Read(CollectorOptions options)
    {
        try
        {
            var certificate = CertificateFile.Read(options.CertificateFile!, options.CertificateKeyFile);
            return new(certificate, certificate.TargetCertificate.NotAfter,
                options.ClientCaFile is { Length: > 0 } file ? new(file) : null);
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new CryptographicException(
                $"Collector:CertificateFile, CertificateKeyFile or ClientCaFile can't be used: {unreadable.Message}");
        }
    }

    /// <summary>Says why a client is not let in by its certificate; null where it is.</summary>
    public string? RefusalOf(X509Certificate2? certificate, X509Chain? sent) => certificate is null
        ? "it shows no certificate"
        : Authorities!.RefusalOf(certificate, sent, TrustedAuthorities.ClientUse);
}
