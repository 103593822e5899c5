namespace LeptonStream.Notifier.Journal;

/// <summary>Conditions on <c>alert a</c> and <c>alert_care c</c>: whether somebody works on the alert, as severe as it is now.</summary>
internal static class Acknowledgements
{
    /// <summary>Whether the alert is no worse than it was when somebody acknowledged it; rows of before do not say.</summary>
    public const string IsNoWorse =
        """
        (c.acknowledged_severity is null
          or case a.severity when 'critical' then 2 when 'warning' then 1 else 0 end
            <= case c.acknowledged_severity when 'critical' then 2 when 'warning' then 1 else 0 end)
        """;

    /// <summary>Whether an acknowledgement holds at <c>@now</c>.</summary>
    public const string Hold =
        $"(c.acknowledged_by is not null and (c.ask_again_at is null or c.ask_again_at > @now) and {IsNoWorse})";
}
