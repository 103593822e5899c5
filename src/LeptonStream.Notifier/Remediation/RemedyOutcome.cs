namespace LeptonStream.Notifier.Remediation;

internal enum RemedyResult
{
    /// <summary>It was executed, now or before under the same id.</summary>
    Done = 0,

    /// <summary>It may work later.</summary>
    Later = 1,

    /// <summary>It will never work.</summary>
    Never = 2,

    /// <summary>It was not executed, since it would exceed a bound.</summary>
    Blocked = 3,
}

/// <summary>The outcome of one attempt to execute an action.</summary>
/// <param name="Result">Done, to be tried again, refused for good, or beyond a bound.</param>
/// <param name="Text">The answer, the error or the bound; without secrets.</param>
internal readonly record struct RemedyOutcome(RemedyResult Result, string? Text);

/// <summary>Executes actions of one kind. The same id twice is one action.</summary>
internal interface IRemedy
{
    Task<RemedyOutcome> Execute(RemediationRow row, CancellationToken cancellation);
}
