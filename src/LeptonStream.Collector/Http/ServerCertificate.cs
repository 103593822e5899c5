using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace LeptonStream.Collector.Http;

/// <summary>The server's certificate, and which clients it lets in.</summary>
internal static class ServerCertificate
{
    /// <summary>Sets TLS as the settings say.</summary>
    public static void Configure(HttpsConnectionAdapterOptions tls, CollectorOptions options)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(options.CertificateFile!);
        tls.ServerCertificate = X509Certificate2.CreateFromPemFile(options.CertificateFile!, options.CertificateKeyFile);
        tls.ServerCertificateChain = [.. chain.Skip(1)];
        if (options.ClientCaFile is not { Length: > 0 } file) return;
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        tls.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
        tls.ClientCertificateValidation = (certificate, _, _) => IsOf(certificate, authorities);
    }

    /// <summary>The error of the files, in one sentence that names the setting; null where they can be used.</summary>
    public static string? Problem(CollectorOptions options)
    {
        try
        {
            if (options.CertificateFile is { Length: > 0 } file)
                X509Certificate2.CreateFromPemFile(file, options.CertificateKeyFile).Dispose();
            if (options.ClientCaFile is not { Length: > 0 } authorities) return null;
            var known = new X509Certificate2Collection();
            known.ImportFromPemFile(authorities);
            return known.Count > 0 ? null : $"Collector:ClientCaFile is '{authorities}': there is no certificate in it";
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return $"Collector:CertificateFile, CertificateKeyFile or ClientCaFile can't be used: {unreadable.Message}";
        }
    }

    // Our own authorities alone count, and no list of revocations is fetched from wherever the certificate says.
    private static bool IsOf(X509Certificate2 certificate, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        // Of a client: one that was made for servers does not count.
        chain.ChainPolicy.ApplicationPolicy.Add(new("1.3.6.1.5.5.7.3.2"));
        return chain.Build(certificate);
    }
}
