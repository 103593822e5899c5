using System.Buffers.Text;
using System.Text;
using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Mapping;
using LeptonStream.Series;
using Microsoft.AspNetCore.Http;

namespace LeptonStream.Collector.Http;

/// <summary>
/// Pushgateway's path for batch jobs: <c>PUT</c> and <c>POST /metrics/job/JOB/LABEL/VALUE/…</c> with a page in Prometheus' text format.
/// Here a push is a sample at its time; nothing is kept to be scraped, so both do the same.
/// </summary>
internal sealed class PushgatewayProtocol : HttpProtocol
{
    private const string Encoded = "@base64";
    private const int MostLabels = 32;

    public override string Source => "/metrics/job";

    public override RequestForm FormOf(HttpRequest request)
    {
        if (GroupOf(request, out var problem) is null) return RequestForm.Wrong(problem!);
        return MediaTypeOf(request) == "application/vnd.google.protobuf"
            ? RequestForm.Unsupported("Content-Type is 'application/vnd.google.protobuf': push the text format")
            : new("prometheus_text", request.Headers.ContentEncoding.ToString());
    }

    public override SourceLabels LabelsOf(HttpRequest request) => new(LabelSet.Of(GroupOf(request, out _)!));

    protected override Task Write(HttpContext http, IntakeReport report) => report.Outcome == IntakeOutcome.Written
        ? Task.CompletedTask
        : Write(http, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(report.Reason + "\n"));

    protected override int StatusOf(IntakeReport report) =>
        report.Outcome == IntakeOutcome.Partial ? StatusCodes.Status400BadRequest : report.Status;

    /// <summary>The labels that the path holds; null where it is wrong.</summary>
    public static Dictionary<string, string>? GroupOf(HttpRequest request, out string? problem)
    {
        // The raw path: a slash in a value is %2F there.
        var path = (request.HttpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()?.RawTarget ?? "")
            .Split('?')[0];
        var parts = path.Split('/').Skip(2).ToArray();
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        problem = "the path is /metrics/job/JOB, and further labels as /LABEL/VALUE";
        if (parts.Length % 2 != 0 || parts.Length > 2 * MostLabels) return null;
        for (var i = 0; i < parts.Length; i += 2)
        {
            var isEncoded = parts[i].EndsWith(Encoded, StringComparison.Ordinal);
            var name = Uri.UnescapeDataString(isEncoded ? parts[i][..^Encoded.Length] : parts[i]);
            if (name.Length == 0 || (isEncoded ? Decode(parts[i + 1]) : Uri.UnescapeDataString(parts[i + 1])) is not { } value)
            {
                problem = $"the value of {name} in the path is no base64";
                return null;
            }

            if (value.Length > 0) labels[name] = value;
        }

        problem = "the job in the path is empty";
        return labels.ContainsKey("job") ? labels : null;
    }

    // "=" alone stands for the empty value.
    private static string? Decode(string text)
    {
        try
        {
            return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text.TrimEnd('=').Replace('+', '-').Replace('/', '_')));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
