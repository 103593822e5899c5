using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeptonStream.Collector.Http;
using LeptonStream.Reload;

namespace LeptonStream.Collector.Scrape;

/// <summary>
/// TLS towards the targets of a job: whom to trust, and the collector's own certificate. Renewed files are taken up by new connections;
/// files that can't be used change nothing.
/// </summary>
internal sealed class TargetTls
{
    private readonly TargetTlsFiles _files;
    private readonly WatchedFiles<TrustedAuthorities>? _authorities;
    private readonly WatchedFiles<SslStreamCertificateContext>? _own;

    public TargetTls(TargetTlsFiles files, TimeProvider time)
    {
        _files = files;
        if (files.Authorities is { } authorities) _authorities = new([authorities], () => new(authorities), time);
        if (files is { Certificate: { } certificate, Key: { } key }) _own = new([certificate, key], () => Own(certificate, key), time);
    }

    /// <summary>Reason for which renewed files are not in force; null where all are.</summary>
    public string? Refusal => _authorities?.Refusal ?? _own?.Refusal;

    /// <summary>Sets the options of a client.</summary>
    public void Set(SslClientAuthenticationOptions tls)
    {
        if (_own is not null) tls.LocalCertificateSelectionCallback = (_, _, _, _, _) => _own.Current().TargetCertificate;
#pragma warning disable CA5359 // The file says insecure_skip_verify.
        if (_files.SkipsVerification) tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        else if (_authorities is not null || _files.ServerName is not null)
            tls.RemoteCertificateValidationCallback = (_, shown, chain, errors) =>
                shown is X509Certificate2 certificate && HasName(certificate, errors) && IsTrusted(certificate, chain, errors);
    }

    // The client library asks for the host of the address whatever name is set.
    private bool HasName(X509Certificate2 certificate, SslPolicyErrors errors) => _files.ServerName is { } name
        ? certificate.MatchesHostname(name) : !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch);

    private bool IsTrusted(X509Certificate2 certificate, X509Chain? sent, SslPolicyErrors errors) => _authorities is null
        ? !errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)
        : _authorities.Current().RefusalOf(certificate, sent, TrustedAuthorities.ServerUse) is null;

    private static SslStreamCertificateContext Own(string certificate, string key) =>
        SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(certificate, key), null, offline: true);
}

/// <summary>The files of <c>tls_config</c>.</summary>
/// <param name="Authorities">The authorities to trust, as a PEM file; null for the system's.</param>
/// <param name="Certificate">The collector's own certificate, as a PEM file; null for none.</param>
/// <param name="Key">The key of that certificate.</param>
/// <param name="ServerName">The name that the certificates of targets must have; null for their host.</param>
/// <param name="SkipsVerification">Whether any certificate will do.</param>
public sealed record TargetTlsFiles(
    string? Authorities = null, string? Certificate = null, string? Key = null, string? ServerName = null, bool SkipsVerification = false)
{
    /// <summary>The error of the files in plain words; null where they can be used.</summary>
    internal string? Problem()
    {
        if ((Certificate is null) != (Key is null)) return "has cert_file or key_file alone: set both or none";
        foreach (var file in new[] { Authorities, Certificate, Key })
            if (file is not null && !File.Exists(file)) return $"names '{file}': there is no such file";
        try
        {
            _ = new TargetTls(this, TimeProvider.System);
            return null;
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return $"has files that can't be used: {unreadable.Message}";
        }
    }
}
