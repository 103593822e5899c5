using LeptonStream.Collector.Edge.Local;
using LeptonStream.Collector.Edge.Spooling;
using Microsoft.Extensions.Options;

namespace LeptonStream.Collector.Edge;

/// <summary>
/// The folder of an edge: its id, the spool of samples and how far it is sent, the spool of alerts, the detector's state.
/// </summary>
internal sealed class EdgeFolder : IDisposable
{
    private const int AlertsShare = 16;

    /// <exception cref="InvalidOperationException">The folder can't be used, or another edge uses it.</exception>
    public EdgeFolder(IOptions<EdgeOptions> options, TimeProvider time)
    {
        var settings = options.Value;
        Root = Path.GetFullPath(settings.SpoolPath);
        try
        {
            Directory.CreateDirectory(Root);
            Sent = new(Root, "sent");
            Samples = new(SettingsOf("samples", settings.MaxSpoolBytes), atLeast: Sent.Next);
            // Behind all that a target has had: below it new alerts would be taken for old ones.
            var delivered = Math.Max(new SpoolCursor(Root, AlertFile.Target).Next, new SpoolCursor(Root, AlertWebhook.Target).Next);
            Alerts = new(SettingsOf("alerts", settings.MaxSpoolBytes / AlertsShare), atLeast: delivered);
            Id = IdOf(Path.Combine(Root, "id"));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"Edge:SpoolPath is {Root}: {refused.Message}", refused);
        }

        SpoolSettings SettingsOf(string name, long bytes) => new(Path.Combine(Root, name), bytes, settings.SpoolAge) { Time = time };
    }

    /// <summary>The folder.</summary>
    public string Root { get; }

    /// <summary>The spool's own id: made once, and independent of the host's name and its boots.</summary>
    public Guid Id { get; }

    /// <summary>Records for Kafka.</summary>
    public Spool Samples { get; }

    /// <summary>How far Kafka has acknowledged them.</summary>
    public SpoolCursor Sent { get; }

    /// <summary>Alerts of this host, for its file and its webhook.</summary>
    public Spool Alerts { get; }

    public void Dispose()
    {
        Samples.Dispose();
        Alerts.Dispose();
    }

    private static Guid IdOf(string path)
    {
        if (File.Exists(path) && Guid.TryParse(File.ReadAllText(path), out var known)) return known;
        var id = Guid.NewGuid();
        AtomicFile.Write(path, file => file.Write(System.Text.Encoding.ASCII.GetBytes(id.ToString("N"))));
        return id;
    }
}
