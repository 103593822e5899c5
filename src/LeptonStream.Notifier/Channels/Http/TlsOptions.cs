using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using LeptonStream.Access;

namespace LeptonStream.Notifier.Channels.Http;

/// <summary>How TLS is checked: by the system's authorities, or by those that <c>tls_config</c> names.</summary>
internal static class TlsOptions
{
    public static SslClientAuthenticationOptions Of(HttpOptions options)
    {
        var tls = new SslClientAuthenticationOptions { TargetHost = options.ServerName };
        if (options.CertFile is { } certificate)
            tls.ClientCertificateContext = CertificateFile.Read(certificate, options.KeyFile);
        if (options.CaFile is { } authorities) tls.CertificateChainPolicy = Trusting(authorities);
        return tls;
    }

    /// <summary>Time of the newest change of the files; the year 1601 for a file that is not there.</summary>
    public static DateTime ChangedAt(HttpOptions options) =>
        new[] { options.CertFile, options.KeyFile, options.CaFile }.Max(file => file is null ? default : File.GetLastWriteTimeUtc(file));

    private static X509ChainPolicy Trusting(string authorities)
    {
        var policy = new X509ChainPolicy
            { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(authorities);
        return policy;
    }
}
