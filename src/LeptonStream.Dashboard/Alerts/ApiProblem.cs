using LeptonStream.Dashboard.Actions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LeptonStream.Dashboard.Alerts;

/// <summary>An error that the page says in its reader's language: by its code, where others read the sentence.</summary>
internal static class ApiProblem
{
    /// <summary>The member of the answer that holds the code.</summary>
    public const string Code = "code";

    public const string JournalAway = "journal_away";

    public const string JournalReadOnly = "journal_read_only";

    public static ProblemHttpResult UnknownAlert =>
        Of("unknown_alert", "The journal has no alert of this id.", StatusCodes.Status404NotFound);

    public static ProblemHttpResult AlertIsOver => Of("alert_over", "The alert has ended already.", StatusCodes.Status409Conflict);

    public static ProblemHttpResult NoVerdict =>
        Of("no_verdict", "Nobody has given a verdict on this alert.", StatusCodes.Status409Conflict);

    public static ProblemHttpResult NotAcknowledged =>
        Of("not_acknowledged", "Nobody has acknowledged this alert.", StatusCodes.Status409Conflict);

    public static ProblemHttpResult NoteMissing =>
        Of("note_missing", "'text' is missing: a note needs some", StatusCodes.Status400BadRequest);

    public static ProblemHttpResult UnknownToken => Of("unknown_token", "Unknown token.", StatusCodes.Status401Unauthorized);

    public static ProblemHttpResult OtherSite =>
        Of("other_site", "The request comes from a page of another site.", StatusCodes.Status403Forbidden);

    public static ProblemHttpResult LinkInvalid => Of("link_invalid", "The link is not valid.", StatusCodes.Status404NotFound);

    public static ProblemHttpResult LinkExpired =>
        Of("link_expired", "The link has expired: sign in to act on the alert.", StatusCodes.Status410Gone);

    public static ProblemHttpResult LinkUsed => Of("link_used", "The link has done that before.", StatusCodes.Status409Conflict);

    public static ProblemHttpResult NothingShared =>
        Of("nothing_shared", "The alerts share no labels that a silence could name.", StatusCodes.Status409Conflict);

    /// <summary>Something in the request is wrong; the sentence names the field.</summary>
    public static ProblemHttpResult Wrong(string detail) =>
        TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest);

    /// <summary>A text of a request that is too long; null where it is not.</summary>
    public static ProblemHttpResult? TooLong(string field, string? text, int most) =>
        text?.Length > most ? Wrong($"'{field}' has {text.Length} characters, {most} are allowed") : null;

    /// <summary>A reason that is missing or too long; null where it is neither. Whoever asks later finds it in the audit.</summary>
    public static ProblemHttpResult? WrongReason(string? note) =>
        string.IsNullOrWhiteSpace(note) ? Wrong("'note' is missing: write the reason") : TooLong("note", note, Change.LongestNote);

    /// <summary>Somebody is known, and has too low a role.</summary>
    public static ProblemHttpResult RoleTooLow(string name, string role, string needed) => TypedResults.Problem(
        $"{name} is {role.ToLowerInvariant()}; this needs {needed.ToLowerInvariant()}", statusCode: StatusCodes.Status403Forbidden);

    private static ProblemHttpResult Of(string code, string detail, int status) =>
        TypedResults.Problem(detail, statusCode: status, extensions: [KeyValuePair.Create<string, object?>(Code, code)]);
}
