namespace LeptonStream.Explanations;

/// <summary>Why an alert beyond the critical line stays a warning: its model's page budget.</summary>
/// <param name="Series">Number of series of the model.</param>
/// <param name="Budget">The time in which the model may have one false page.</param>
internal sealed record HeldText(int Series, TimeSpan Budget)
{
    public string InEnglish => $" Beyond the critical line but no page: the model has {Series} series, and by chance one of them is as "
        + $"unusual more often than its page budget allows (one false page in {Durations.InEnglish(Budget)}).";

    public string InChinese =>
        $"已越过严重线但不呼叫：该模型共有 {Series} 个序列，偶然出现同等罕见程度的频率超出其呼叫预算（每 {Durations.InChinese(Budget)}至多一次误呼）。";
}
