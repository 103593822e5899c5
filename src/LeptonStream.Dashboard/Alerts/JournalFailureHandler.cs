using System.Data.Common;
using LeptonStream.Storage;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Dashboard.Alerts;

/// <summary>
/// A journal that does not answer, or may not be written, is no fault of this program: the caller gets status 503 and one plain sentence,
/// the log one line.
/// </summary>
internal sealed partial class JournalFailureHandler(
    Database database, IProblemDetailsService problems, ILogger<JournalFailureHandler> logger)
    : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not DbException) return false;
        // Pages ask again and again until there is a journal; the live feed says once that there is none yet.
        if (!database.LacksTables(exception)) Log.JournalFailed(logger, httpContext.Request.Path, exception.Message);
        httpContext.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        var isReadOnly = Database.ForbidsWriting(exception);
        return await problems.TryWriteAsync(new()
        {
            HttpContext = httpContext,
            ProblemDetails =
            {
                Extensions = { [ApiProblem.Code] = isReadOnly ? ApiProblem.JournalReadOnly : ApiProblem.JournalAway },
                Detail = isReadOnly
                    ? "The journal lets this dashboard read only: its database user needs insert, update and delete on the tables."
                    : "The journal does not answer: check Storage:ConnectionString, "
                        + "and that the notifier, which makes its tables, has run.",
            },
        });
    }

    private static partial class Log
    {
        [LoggerMessage(3004, LogLevel.Warning, "The journal did not answer the question of {Path}: {Reason}")]
        public static partial void JournalFailed(ILogger logger, string path, string reason);
    }
}
