using LeptonStream.Collector.Edge.Spooling;

namespace LeptonStream.Collector.Edge.Local;

/// <summary>
/// Appends alerts to a file, one CloudEvent a line. A file of 16 MB is renamed to <c>.1</c>, in place of the one before.
/// </summary>
internal sealed class AlertFile(string path, EdgeMetrics metrics) : IAlertTarget
{
    /// <summary>Its name, and that of its cursor.</summary>
    public const string Target = "file";

    private const long MostBytes = 16 << 20;

    public string Name => Target;

    public async Task<string?> Deliver(SpoolRecord record, CancellationToken stop)
    {
        try
        {
            if (File.Exists(path) && new FileInfo(path).Length > MostBytes) File.Move(path, path + ".1", overwrite: true);
            await using (var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
                await Append(file, record.Value, stop);
            metrics.Delivered(Name, "delivered");
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return failure.Message;
        }
    }

    // Half a line would be broken for whoever reads the file, and spoil the next one.
    private static async Task Append(FileStream file, ReadOnlyMemory<byte> line, CancellationToken stop)
    {
        var before = file.Length;
        try
        {
            await file.WriteAsync(line, stop);
            await file.FlushAsync(stop);
        }
        catch (IOException)
        {
            file.SetLength(before);
            throw;
        }
    }
}
