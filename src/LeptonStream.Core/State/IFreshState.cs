namespace LeptonStream.State;

/// <summary>
/// A struct of plain numbers that does not begin as all zeros. Of a snapshot of another layout, its fields fill what the snapshot lacks.
/// </summary>
/// <typeparam name="TSelf">The struct.</typeparam>
internal interface IFreshState<TSelf>
    where TSelf : unmanaged, IFreshState<TSelf>
{
    /// <summary>The struct as it begins.</summary>
    static abstract TSelf Fresh { get; }
}
