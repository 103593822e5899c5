using LeptonStream.Series;
using Microsoft.AspNetCore.Http;

namespace LeptonStream.Dashboard.Alertmanager;

/// <summary>The parameters of questions in Alertmanager's API.</summary>
internal static class ApiFilter
{
    /// <summary>Reads the matchers of <c>filter=</c>, which may be given several times.</summary>
    /// <returns>The error to answer, or null.</returns>
    public static IResult? Matchers(HttpRequest request, out IReadOnlyList<Matcher> filter)
    {
        var matchers = new List<Matcher>();
        filter = matchers;
        foreach (var text in request.Query["filter"].OfType<string>())
        {
            if (!MatcherList.TryRead(text, out var read, out var error)) return ApiError.BadRequest($"bad matcher format: {error}");
            matchers.AddRange(read);
        }

        return null;
    }

    /// <summary>Reads a flag that is true where it is not given.</summary>
    /// <returns>The error to answer, or null.</returns>
    public static IResult? Flag(HttpRequest request, string name, out bool value)
    {
        var text = request.Query[name].ToString();
        value = text.Length == 0 || text.Equals("true", StringComparison.OrdinalIgnoreCase) || text == "1";
        return value || text.Equals("false", StringComparison.OrdinalIgnoreCase) || text == "0"
            ? null : ApiError.BadRequest($"{name} in query must be of type boolean: \"{text}\"");
    }
}
