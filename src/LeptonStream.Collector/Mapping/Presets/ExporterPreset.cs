namespace LeptonStream.Collector.Mapping.Presets;

/// <summary>The knowledge of one exporter: its families, and the labels that change too often.</summary>
public sealed record ExporterPreset
{
    /// <summary>The name: <c>vllm</c>.</summary>
    public required string Name { get; init; }

    /// <summary>A sentence for the catalogue.</summary>
    public required string Title { get; init; }

    /// <summary>The names of its families, with <c>*</c> for any text.</summary>
    public required IReadOnlyList<string> Match { get; init; }

    /// <summary>The labels that name the model, before those of <see cref="MappingRules.Model"/>.</summary>
    public IReadOnlyList<string> Model { get; init; } = [];

    /// <summary>The families that are left out.</summary>
    public IReadOnlyList<string> Drop { get; init; } = [];

    /// <summary>The families that stay; where there is any, the others of <see cref="Match"/> are left out.</summary>
    public IReadOnlyList<string> Keep { get; init; } = [];

    /// <summary>Labels that are left out.</summary>
    public IReadOnlyList<string> DropLabels { get; init; } = [];

    /// <summary>Families that get the name that every source has for them.</summary>
    public IReadOnlyDictionary<string, string> Rename { get; init; } = new Dictionary<string, string>();

    /// <summary>Units of families that the detector does not know by their own names.</summary>
    public IReadOnlyDictionary<string, string> Units { get; init; } = new Dictionary<string, string>();

    /// <summary>Families that are several metrics, which a label tells apart; it is no label then.</summary>
    public IReadOnlyList<SplitFamily> Split { get; init; } = [];

    /// <summary>Whether a family of it is left out, by its name as the catalogue compares names.</summary>
    internal bool LeavesOut(string name) => Drop.Any(Fits(name)) || (Keep.Count > 0 && !Keep.Any(Fits(name)));

    private static Func<string, bool> Fits(string name) => pattern => LabelFilter.Fits(ExporterCatalog.Plain(pattern), name);
}

/// <summary>A family that is several metrics.</summary>
/// <param name="Name">Its name.</param>
/// <param name="By">The label that tells the metrics apart.</param>
/// <param name="To">The name of the metric for a value of that label.</param>
/// <param name="Where">Labels that a series must have, where others have a family of the same name.</param>
public sealed record SplitFamily(
    string Name, string By, IReadOnlyDictionary<string, string> To, IReadOnlyDictionary<string, string> Where);

/// <summary>A family, as the presets know it.</summary>
/// <param name="Exporter">Its exporter.</param>
/// <param name="IsLeftOut">Whether it is left out.</param>
/// <param name="To">Its name; null where it keeps its own.</param>
/// <param name="Unit">Its unit by the preset; null where the detector's own knowledge has it.</param>
/// <param name="SplitBy">The label that is part of the name now; null for none.</param>
public sealed record FamilyPreset(ExporterPreset Exporter, bool IsLeftOut, string? To, string? Unit, string? SplitBy);
