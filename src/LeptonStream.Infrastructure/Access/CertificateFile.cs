using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LeptonStream.Access;

/// <summary>A certificate of this program, as a PEM file: its own first, and behind it those between it and its authority.</summary>
public static class CertificateFile
{
    /// <summary>Reads a certificate with those that are to be shown with it.</summary>
    /// <param name="file">The PEM file of the certificates.</param>
    /// <param name="key">The PEM file of the key; null where the key stands in <paramref name="file"/>.</param>
    /// <exception cref="CryptographicException">The files are no certificate and its key.</exception>
    /// <exception cref="IOException">A file can't be read.</exception>
    public static SslStreamCertificateContext Read(string file, string? key)
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPemFile(file);
        return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(file, key), [.. all.Skip(1)], offline: true);
    }
}
