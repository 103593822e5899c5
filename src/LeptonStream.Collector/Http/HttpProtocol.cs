using System.Globalization;
using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Mapping;
using Microsoft.AspNetCore.Http;

namespace LeptonStream.Collector.Http;

/// <summary>One way to send by HTTP: how its requests say what they hold, and how its senders want to be answered.</summary>
internal abstract class HttpProtocol
{
    /// <summary>The source of its payloads, as <c>sources</c> of collector.yaml names it.</summary>
    public abstract string Source { get; }

    /// <summary>What a request holds.</summary>
    public abstract RequestForm FormOf(HttpRequest request);

    /// <summary>Labels that the request itself gives to all its series.</summary>
    public virtual SourceLabels LabelsOf(HttpRequest request) => SourceLabels.None;

    /// <summary>Answers.</summary>
    public Task Answer(HttpContext http, IntakeReport report)
    {
        http.Response.StatusCode = StatusOf(report);
        if (report.RetryAfter is { } wait) http.Response.Headers.RetryAfter = SecondsOf(wait).ToString(CultureInfo.InvariantCulture);
        return Write(http, report);
    }

    /// <summary>A wait in whole seconds, from 1.</summary>
    public static int SecondsOf(TimeSpan wait) => (int)Math.Clamp(Math.Ceiling(wait.TotalSeconds), 1, 300);

    /// <summary>The status of the answer.</summary>
    protected virtual int StatusOf(IntakeReport report) => report.Status;

    /// <summary>Writes headers and body of the answer.</summary>
    protected abstract Task Write(HttpContext http, IntakeReport report);

    /// <summary>Writes a body of one type.</summary>
    protected static async Task Write(HttpContext http, string type, ReadOnlyMemory<byte> body)
    {
        http.Response.ContentType = type;
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    /// <summary>The media type of a request, in small letters and without parameters.</summary>
    protected static string MediaTypeOf(HttpRequest request) =>
        (request.ContentType ?? "").Split(';')[0].Trim().ToLowerInvariant();
}

/// <summary>What a request holds.</summary>
/// <param name="Format">The name of its format; null where it is none that is read here.</param>
/// <param name="Encoding">How it is compressed, in the words of <c>Content-Encoding</c>.</param>
/// <param name="Problem">Why it is not read.</param>
internal readonly record struct RequestForm(string? Format, string Encoding, string? Problem = null)
{
    /// <summary>Whether its address is wrong, not its media type.</summary>
    public bool IsWrong { get; private init; }

    /// <summary>A request of a kind that is not read here: of another media type.</summary>
    public static RequestForm Unsupported(string problem) => new(null, "", problem);

    /// <summary>A request whose address is wrong.</summary>
    public static RequestForm Wrong(string problem) => new(null, "", problem) { IsWrong = true };
}
