using Microsoft.AspNetCore.Http;

namespace LeptonStream.Dashboard.Alertmanager;

/// <summary>Errors of <c>/api/v2</c>: a text in JSON, which Alertmanager's clients read.</summary>
internal static class ApiError
{
    public static IResult BadRequest(string what) => TypedResults.BadRequest(what);

    public static IResult NotFound(string id) => TypedResults.NotFound($"silence {id} not found");

    public static IResult Of(int status, string what) => TypedResults.Json(what, ApiJson.Default.String, statusCode: status);

    public static IResult Conflict(string what) => TypedResults.Conflict(what);
}
