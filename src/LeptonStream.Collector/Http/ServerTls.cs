using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using LeptonStream.Health;
using LeptonStream.Output;
using LeptonStream.Reload;
using Microsoft.Extensions.Options;

namespace LeptonStream.Collector.Http;

/// <summary>
/// TLS of the addresses for senders. Certificates that are renewed on disk are taken up by new connections without a restart; files that
/// can't be used change nothing.
/// </summary>
internal sealed class ServerTls : IReloadable
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(1);

    private readonly WatchedFiles<TlsMaterial>? _files;
    private readonly CollectorMetrics _metrics;
    private readonly TimeProvider _time;
    private int _refused;
    private string? _lastRefused;

    public ServerTls(IOptions<CollectorOptions> options, CollectorMetrics metrics, TimeProvider time)
    {
        (_metrics, _time) = (metrics, time);
        var settings = options.Value;
        if (settings.CertificateFile is not { Length: > 0 } certificate) return;
        string?[] paths = [certificate, settings.CertificateKeyFile, settings.ClientCaFile];
        _files = new(paths.Where(path => path is { Length: > 0 })!, () => TlsMaterial.Read(settings), time);
    }

    /// <summary>The options of a connection that begins now.</summary>
    public SslServerAuthenticationOptions Options()
    {
        var material = _files!.Current();
        var tls = new SslServerAuthenticationOptions { ServerCertificateContext = material.Certificate };
        if (material.Authorities is null) return tls;
        tls.ClientCertificateRequired = true;
        tls.RemoteCertificateValidationCallback = (_, certificate, chain, _) => IsLetIn(material, certificate as X509Certificate2, chain);
        return tls;
    }

    /// <summary>Says what is wrong with the files, or will be within a day, and who was turned away.</summary>
    public void Report(TroubleLog troubles)
    {
        if (_files is null) return;
        var material = _files.Current();
        var now = _time.GetUtcNow();
        troubles.Set("certificate", _files.Refusal is { } refusal ? $"{refusal}; those before stay in force"
            : material.Ends <= now ? $"the certificate of the collector (Collector:CertificateFile) expired at {material.Ends:u}"
            : material.Ends - now <= Soon ? $"the certificate of the collector (Collector:CertificateFile) expires at {material.Ends:u}"
            : null);
        troubles.Count("clients turned away", "certificate", Interlocked.Exchange(ref _refused, 0), Volatile.Read(ref _lastRefused));
    }

    /// <inheritdoc/>
    public Task Reload(CancellationToken cancellation)
    {
        _files?.Ask();
        return Task.CompletedTask;
    }

    private bool IsLetIn(TlsMaterial material, X509Certificate2? certificate, X509Chain? chain)
    {
        if (material.RefusalOf(certificate, chain) is not { } refusal) return true;
        Volatile.Write(ref _lastRefused, SafeText.OneLine(refusal));
        Interlocked.Increment(ref _refused);
        _metrics.TurnedAway("certificate");
        return false;
    }
}
