namespace LeptonStream.Collector.Mapping.Relabeling;

/// <summary>The action of a <see cref="RelabelRule"/>, by Prometheus' words in small letters.</summary>
public enum RelabelAction
{
    /// <summary>Where the regular expression matches the source labels: sets the target label to the replacement.</summary>
    Replace = 0,

    /// <summary>Drops series whose source labels do not match.</summary>
    Keep,

    /// <summary>Drops series whose source labels match.</summary>
    Drop,

    /// <summary>Drops series whose source labels differ from the target label.</summary>
    KeepEqual,

    /// <summary>Drops series whose source labels equal the target label.</summary>
    DropEqual,

    /// <summary>Sets the target label to a hash of the source labels, modulo the modulus.</summary>
    HashMod,

    /// <summary>Copies labels whose names match to the name that the replacement makes.</summary>
    LabelMap,

    /// <summary>Takes labels away whose names match.</summary>
    LabelDrop,

    /// <summary>Takes labels away whose names do not match.</summary>
    LabelKeep,

    /// <summary>Sets the target label to the source labels in small letters.</summary>
    Lowercase,

    /// <summary>Sets the target label to the source labels in capitals.</summary>
    Uppercase,
}

/// <summary>Rules that run one after the other.</summary>
/// <param name="rules">The rules.</param>
public sealed class RelabelRules(IReadOnlyList<RelabelRule> rules)
{
    /// <summary>No rules.</summary>
    public static readonly RelabelRules None = new([]);

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => rules.Count == 0;

    /// <summary>Applies them.</summary>
    /// <returns>False where one of them drops the series.</returns>
    public bool Apply(LabelBag labels)
    {
        foreach (var rule in rules)
            if (!rule.Apply(labels)) return false;
        return true;
    }

    /// <summary>These rules, and others behind them.</summary>
    public RelabelRules Then(RelabelRules others) => IsEmpty ? others : others.IsEmpty ? this : new([.. rules, .. others.All]);

    private IReadOnlyList<RelabelRule> All => rules;
}
