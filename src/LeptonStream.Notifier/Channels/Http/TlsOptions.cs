using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace LeptonStream.Notifier.Channels.Http;

/// <summary>How TLS is checked: by the system's authorities, or by those that <c>tls_config</c> names.</summary>
internal static class TlsOptions
{
    public static SslClientAuthenticationOptions Of(HttpOptions options)
    {
        var tls = new SslClientAuthenticationOptions { TargetHost = options.ServerName };
        if (options.CertFile is { } certificate)
            tls.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, options.KeyFile)];
        if (options.CaFile is { } authorities) tls.CertificateChainPolicy = Trusting(authorities);
        return tls;
    }

    private static X509ChainPolicy Trusting(string authorities)
    {
        var policy = new X509ChainPolicy
            { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(authorities);
        return policy;
    }
}
