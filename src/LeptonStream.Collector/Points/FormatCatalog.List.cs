namespace LeptonStream.Collector.Points;

/// <summary>The list of formats.</summary>
public sealed partial class FormatCatalog
{
    private static IPayloadFormat[] All() => [];

    private static string? NameOf(string contentType) => null;
}

/// <summary>Tells formats apart by the first bytes of a payload.</summary>
internal static class FormatLook
{
    public static (string? Name, string Reason) Of(ReadOnlySpan<byte> payload) =>
        (null, payload.IsEmpty ? "the payload is empty" : "it looks like no format");
}
