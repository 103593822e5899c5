using LeptonStream.Detection.Snapshots;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Pages;

/// <summary>The models of one partition.</summary>
internal sealed class ModelRegistry
{
    private readonly Dictionary<string, ModelState> _models = new(StringComparer.Ordinal);

    /// <summary>The model of a name; a new one where it is not known.</summary>
    public ModelState Of(string name)
    {
        if (!_models.TryGetValue(name, out var model)) _models.Add(name, model = new(name));
        return model;
    }

    /// <summary>Lets one series of a model go, and the model with the last of them.</summary>
    public void Leave(ModelState model)
    {
        if (--model.Series == 0) _models.Remove(model.Name);
    }

    /// <summary>Sets the clocks of their budgets back.</summary>
    public void SetBack(Timestamp to)
    {
        foreach (var model in _models.Values)
        {
            model.Pages?.SetBack(to);
            model.Warnings?.SetBack(to);
        }
    }

    /// <summary>Writes the budgets of the models that were asked.</summary>
    public void Save(StateWriter state)
    {
        Save(static model => model.Pages, state);
        Save(static model => model.Warnings, state);
    }

    /// <summary>Reads what <see cref="Save(StateWriter)"/> wrote. The models wait for their series.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no models.</exception>
    public void Load(ref StateReader state)
    {
        for (var left = state.ReadCount(int.MaxValue); left > 0; left--) Of(state.ReadName()).Pages = ModelBudget.Load(ref state);
        if (state.IsBefore(StateLayout.WarningsSince)) return;
        for (var left = state.ReadCount(int.MaxValue); left > 0; left--) Of(state.ReadName()).Warnings = ModelBudget.Load(ref state);
    }

    private void Save(Func<ModelState, ModelBudget?> budgetOf, StateWriter state)
    {
        ModelState[] asked = [.. _models.Values.Where(model => budgetOf(model) is not null)];
        Array.Sort(asked, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        state.Write(asked.Length);
        foreach (var model in asked)
        {
            state.Write(model.Name);
            budgetOf(model)!.Save(state);
        }
    }
}
