using LeptonStream.Samples;

namespace LeptonStream.Detection.Pages;

/// <summary>What a partition knows of one model as a whole: how many series it has, and its budgets once an alert asked for them.</summary>
/// <param name="name">The model.</param>
internal sealed class ModelState(string name)
{
    /// <summary>The model's name.</summary>
    public string Name => name;

    /// <summary>Number of its series.</summary>
    public int Series { get; set; }

    /// <summary>Its page budget; null until an alert asked to be critical.</summary>
    public ModelBudget? Pages { get; set; }

    /// <summary>Its warning budget; null until an alert asked to be a warning.</summary>
    public ModelBudget? Warnings { get; set; }

    /// <summary>Whether an alert may be critical; see <see cref="ModelBudget.Admits"/>.</summary>
    public bool AdmitsPage(Timestamp time, double decades, double? before, TimeSpan budget) =>
        (Pages ??= new()).Admits(time, decades, before, Series, budget);

    /// <summary>Whether an alert may be a warning; see <see cref="ModelBudget.Admits"/>.</summary>
    public bool AdmitsWarning(Timestamp time, double decades, double? before, TimeSpan budget) =>
        (Warnings ??= new()).Admits(time, decades, before, Series, budget);

    /// <summary>Whether an alert that asked in vain may be a warning after all; see <see cref="ModelBudget.AdmitsAfterAll"/>.</summary>
    public bool AdmitsWarningAfterAll(Timestamp time, double decades, TimeSpan budget) =>
        Warnings?.AdmitsAfterAll(time, decades, Series, budget) == true;
}
