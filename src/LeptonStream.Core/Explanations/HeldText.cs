using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Pages;
using LeptonStream.Detection.Policies;

namespace LeptonStream.Explanations;

/// <summary>Why an alert beyond a line is less than that: a budget of its model.</summary>
/// <param name="Series">Number of series of the model.</param>
/// <param name="Budget">The time in which the model may have one false page, or one false warning.</param>
/// <param name="IsWarning">Whether it is a warning that is no page; else it is for the record only.</param>
internal sealed record HeldText(int Series, TimeSpan Budget, bool IsWarning)
{
    public string InEnglish => IsWarning
        ? $" Beyond the critical line but no page: {ByChance} its page budget allows (one false page in {Durations.InEnglish(Budget)})."
        : $" For the record only: {ByChance} its warning budget allows (one false warning in {Durations.InEnglish(Budget)}).";

    public string InChinese => IsWarning
        ? $"已越过严重线但不呼叫：{Rarity}超出其呼叫预算（每 {Durations.InChinese(Budget)}至多一次误呼）。"
        : $"仅作记录：{Rarity}超出其警告预算（每 {Durations.InChinese(Budget)}至多一次误报）。";

    private string ByChance => $"the model has {Series} series, and by chance one of them is as unusual more often than";

    private string Rarity => $"该模型共有 {Series} 个序列，偶然出现同等罕见程度的频率";

    /// <summary>Of an alert; null where no budget holds it.</summary>
    public static HeldText? Of(AlertLifecycle life, ModelState? model, SeriesPolicy policy) => model is null ? null
        : life.IsForTheRecord ? new(model.Series, policy.ModelWarningBudget, IsWarning: false)
        : life.IsHeld ? new(model.Series, policy.PageBudget, IsWarning: true)
        : null;
}
