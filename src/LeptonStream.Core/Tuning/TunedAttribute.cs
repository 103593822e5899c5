namespace LeptonStream.Tuning;

/// <summary>
/// Says of a constant that was chosen, by measurement or by hand, what it is and where its value comes from; docs/tuning.md is made of
/// these sentences. It belongs on members of a record that is named <c>…Tuning</c> and has a static property <c>Default</c>;
/// <c>lepton backtest --set</c> changes them for one run.
/// </summary>
/// <param name="meaning">Its meaning, with its unit.</param>
/// <param name="source">The paper, the measurement or the consideration that it comes from.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TunedAttribute(string meaning, string source) : Attribute
{
    /// <summary>Its meaning, with its unit.</summary>
    public string Meaning { get; } = meaning;

    /// <summary>The paper, the measurement or the consideration that it comes from.</summary>
    public string Source { get; } = source;
}
