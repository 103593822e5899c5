using System.Net;
using System.Text.Json;

namespace LeptonStream.Notifier.Channels.Http;

/// <summary>The answer to one request.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The beginning of the body, at most 64 KB.</param>
/// <param name="RetryAfter">Time for which the other side asked not to be called, from the header; null where it didn't.</param>
internal sealed record HttpAnswer(HttpStatusCode Status, string Body, TimeSpan? RetryAfter)
{
    private const int ShownOfBody = 200;

    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>The status in words, without the body, which may be anything where all is well.</summary>
    public string Line => $"HTTP {(int)Status} {Status}";

    /// <summary>The status and the beginning of the body, for people.</summary>
    public string Text
    {
        get
        {
            var body = new string([.. Body.Where(letter => !char.IsControl(letter)).Take(ShownOfBody)]).Trim();
            return body.Length == 0 ? Line : $"{Line}: {body}";
        }
    }

    /// <summary>A field of the body, by its path; null where the body is no JSON object or lacks it.</summary>
    public JsonElement? Field(params string[] path)
    {
        try
        {
            using var document = JsonDocument.Parse(Body);
            var element = document.RootElement;
            foreach (var name in path)
                if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element)) return null;
            return element.Clone();
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A whole number of the body, as a number or as text; null where there is none.</summary>
    public long? Number(params string[] path) => Field(path) switch
    {
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var value) => value,
        { ValueKind: JsonValueKind.String } text when long.TryParse(text.GetString(), out var value) => value,
        _ => null,
    };

    /// <summary>
    /// The judgement that holds where a channel knows nothing better: any 2xx is success; 408, 425, 429 and 5xx may work later; 413 is too
    /// large; everything else, a redirect included, is refused.
    /// </summary>
    public DeliveryOutcome Judge() => Status switch
    {
        _ when IsSuccess => DeliveryOutcome.Delivered with { Answer = Line },
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or (HttpStatusCode)425 => Later(),
        HttpStatusCode.RequestEntityTooLarge => DeliveryOutcome.TooLarge(Text),
        >= HttpStatusCode.InternalServerError => Later(),
        _ => DeliveryOutcome.Refused(Text),
    };

    /// <summary>It may work later: after the time that the answer names, or <paramref name="otherwise"/>.</summary>
    public DeliveryOutcome Later(TimeSpan? otherwise = null) => DeliveryOutcome.Failed(Reason, RetryAfter ?? otherwise);

    /// <summary>The answer is a refusal, or the request is wrong.</summary>
    public DeliveryOutcome Never() => DeliveryOutcome.Refused(Reason);

    // Services that answer 200 to everything say in the body that they refuse: the status alone would read as success.
    private string Reason => IsSuccess ? $"refused by the body of the answer: {Text}" : Text;
}
