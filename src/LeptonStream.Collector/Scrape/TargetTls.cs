using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeptonStream.Access;
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
        if (files is { Certificate: { } certificate, Key: { } key })
            _own = new([certificate, key], () => CertificateFile.Read(certificate, key), time);
    }

    /// <summary>Reason for which renewed files are not in force; null where all are.</summary>
    public string? Refusal => _authorities?.Refusal ?? _own?.Refusal;

    /// <summary>Agrees with a target upon TLS.</summary>
    /// <param name="connection">The connection, which ends where that fails.</param>
    /// <param name="host">The host of the target's address.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="AuthenticationException">One of both does not trust the other.</exception>
    public async ValueTask<SslStream> Secure(Stream connection, string host, CancellationToken stop)
    {
        var secure = new SslStream(connection);
        try
        {
            await secure.AuthenticateAsClientAsync(Options(host), stop);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }

    private SslClientAuthenticationOptions Options(string host)
    {
        var tls = new SslClientAuthenticationOptions
        {
            TargetHost = _files.ServerName ?? host,
            ClientCertificateContext = _own?.Current(),
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        };
#pragma warning disable CA5359 // The file says insecure_skip_verify.
        if (_files.SkipsVerification) tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        else if (_authorities is not null)
            tls.RemoteCertificateValidationCallback = (_, shown, chain, errors) => shown is X509Certificate2 certificate
                && !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
                && _authorities.Current().RefusalOf(certificate, chain, TrustedAuthorities.ServerUse) is null;
        return tls;
    }
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
