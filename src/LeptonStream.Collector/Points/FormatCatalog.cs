using LeptonStream.Collector.Formats;

namespace LeptonStream.Collector.Points;

/// <summary>A format, and how it was decided.</summary>
/// <param name="Format">The format; null where none fits.</param>
/// <param name="Reason">For the log: <c>topic setting</c>, <c>content-type application/x-protobuf</c>, <c>looks like …</c>.</param>
public readonly record struct FormatChoice(IPayloadFormat? Format, string Reason);

/// <summary>
/// All formats: by name, by a content type, or by the look of a payload. Formats keep scratch memory, so a catalog belongs to one thread.
/// </summary>
public sealed partial class FormatCatalog
{
    private readonly IPayloadFormat[] _formats;

    /// <summary>Makes the formats.</summary>
    public FormatCatalog() => _formats = All(this);

    /// <summary>
    /// The text of an Avro schema by its id, null where it can't be had (<see cref="RegistrySchemas.Find"/>). Asked on the thread that
    /// reads, and once for each id that is known.
    /// </summary>
    public Func<int, string?>? Schemas { get; set; }

    /// <summary>The names of all formats.</summary>
    public IEnumerable<string> Names => _formats.Select(format => format.Name);

    /// <summary>The format of this name; null where there is none.</summary>
    public IPayloadFormat? ByName(string name) => Array.Find(_formats, format => format.Name == name);

    /// <summary>
    /// The format that the header <c>content-type</c> names, with its parameters. A type that several formats
    /// share (<c>application/json</c>) has no choice.
    /// </summary>
    public FormatChoice ByContentType(string contentType)
    {
        ArgumentNullException.ThrowIfNull(contentType);
        var name = NameOf(contentType);
        return new(name is null ? null : ByName(name), name is null ? $"content-type {contentType} names no format" :
            $"content-type {contentType}");
    }

    /// <summary>The format that a payload looks like. Reads its first bytes only.</summary>
    public FormatChoice ByLook(ReadOnlySpan<byte> payload)
    {
        var (name, reason) = FormatLook.Of(payload);
        return new(name is null ? null : ByName(name), reason);
    }
}
