using System.Text;
using LeptonStream.Collector.Points;

namespace LeptonStream.Roles.Tests.Collector.Formats;

/// <summary>Reads payloads with one catalog and batch, and shows what they become.</summary>
internal sealed class Payloads
{
    public FormatCatalog Catalog { get; } = new();

    public PointBatch Batch { get; } = new() { ListsLeftOut = true };

    public (FormatOutcome Outcome, string Text) Read(string format, string payload, FormatLimits? limits = null) =>
        Read(format, Encoding.UTF8.GetBytes(payload), limits);

    public (FormatOutcome Outcome, string Text) Read(string format, byte[] payload, FormatLimits? limits = null)
    {
        Batch.Clear();
        var outcome = Catalog.ByName(format)!.Read(payload, Batch, limits ?? FormatLimits.Default);
        return (outcome, PointText.Of(Batch));
    }
}
