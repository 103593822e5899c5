using LeptonStream.Cli.CommandLine;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Points;
using LeptonStream.Samples;
using FormatLimits = LeptonStream.Collector.Points.FormatLimits;

namespace LeptonStream.Cli.Map;

/// <summary>Everything that a payload became.</summary>
/// <param name="Format">Its format, and how it was decided.</param>
/// <param name="Points">The points that it has, and what was refused of it.</param>
/// <param name="Mapped">The samples, and what was dropped.</param>
internal sealed record MappedPayload(string Format, PointBatch Points, MappedBatch Mapped);

/// <summary>Reads payloads and maps them, one after the other, as the collector does.</summary>
internal sealed class MapRun(PointMapper mapper, SourceContext source, string? format) : IDisposable
{
    // Of one payload; more are not for people to read.
    private const int MostDrops = 10_000;

    private readonly FormatCatalog _formats = new();
    private readonly Decompressor _decompressor = new();
    private readonly PointBatch _points = new();
    private readonly MappedBatch _mapped = new(MostDrops);

    public void Dispose() => _decompressor.Dispose();

    /// <summary>Maps a payload. The result holds until the next.</summary>
    /// <param name="payload">Its bytes.</param>
    /// <param name="received">When it came, where it says no times.</param>
    public MappedPayload Map(ReadOnlySpan<byte> payload, Timestamp received)
    {
        _points.Clear();
        _mapped.Clear();
        var name = Read(payload);
        mapper.Map(_points, source, NewestOr(received), _mapped);
        return new(name, _points, _mapped);
    }

    private string Read(ReadOnlySpan<byte> payload)
    {
        if (Decompressor.ByLook(payload) is { } encoding)
        {
            var reason = _decompressor.TryRead(encoding, payload, FormatLimits.Default, out var plain);
            if (reason != RefusalReason.None) return $"{encoding}, which can't be read: {reason}";
            payload = plain;
        }

        var choice = Choose(payload);
        if (choice.Format is null) return $"unknown: {choice.Reason}";
        choice.Format.Read(payload, _points, FormatLimits.Default);
        return $"{choice.Format.Name} ({choice.Reason})";
    }

    private FormatChoice Choose(ReadOnlySpan<byte> payload)
    {
        if (format is null) return _formats.ByLook(payload);
        if (_formats.ByName(format) is { } named) return new(named, "--format");
        throw new WrongUsageException($"--format is '{format}': there are {string.Join(", ", _formats.Names)}");
    }

    // Recorded payloads are of any time: their own newest is their now.
    private long NewestOr(Timestamp received)
    {
        var newest = long.MinValue;
        foreach (ref readonly var point in _points.Points)
            if (point.HasTime && point.Time > newest) newest = point.Time;
        return newest == long.MinValue ? received.UnixNanoseconds : newest;
    }
}
