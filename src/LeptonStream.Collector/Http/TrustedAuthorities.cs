using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LeptonStream.Collector.Http;

/// <summary>
/// The authorities of a PEM file. They alone count, and no list of revocations is fetched from wherever a certificate says.
/// </summary>
internal sealed class TrustedAuthorities
{
    /// <summary>The use of a server's certificate.</summary>
    public const string ServerUse = "1.3.6.1.5.5.7.3.1";

    /// <summary>The use of a client's certificate.</summary>
    public const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2Collection _authorities = [];

    /// <exception cref="CryptographicException">The file can't be used.</exception>
    public TrustedAuthorities(string file)
    {
        _authorities.ImportFromPemFile(file);
        if (_authorities.Count == 0) throw new CryptographicException($"there is no certificate in '{file}'");
    }

    /// <summary>Says why a certificate is not trusted; null where it is.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="sent">The chain that came with it.</param>
    /// <param name="use">The use that it must be made for: of one authority, a client is no server.</param>
    public string? RefusalOf(X509Certificate2 certificate, X509Chain? sent, string use)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        if (sent is not null) chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new(use));
        return chain.Build(certificate)
            ? null
            : $"{certificate.Subject}: {string.Join(", ", chain.ChainStatus.Select(status => status.Status))}";
    }
}
