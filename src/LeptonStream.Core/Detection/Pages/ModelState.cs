using LeptonStream.Samples;

namespace LeptonStream.Detection.Pages;

/// <summary>What a partition knows of one model as a whole: how many series it has, and its pages once an alert asked for one.</summary>
/// <param name="name">The model.</param>
internal sealed class ModelState(string name)
{
    /// <summary>The model's name.</summary>
    public string Name => name;

    /// <summary>Number of its series.</summary>
    public int Series { get; set; }

    /// <summary>Its page budget; null until an alert asked to be critical.</summary>
    public ModelPages? Pages { get; set; }

    /// <summary>Whether an alert may be critical; see <see cref="ModelPages.Admits"/>.</summary>
    public bool Admits(Timestamp time, double decades, TimeSpan budget) => (Pages ??= new()).Admits(time, decades, Series, budget);
}
