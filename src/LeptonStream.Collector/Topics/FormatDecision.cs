using System.Text;
using LeptonStream.Collector.Points;
using LeptonStream.Kafka;
using LeptonStream.Output;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Collector.Topics;

/// <summary>
/// Decides the format of each record of a topic: by its header <c>content-type</c>, else by the topic's setting, else by its look. Each
/// decision is logged when it is made for the first time.
/// </summary>
internal sealed partial class FormatDecision(SourceTopic topic, FormatCatalog formats, ILogger logger)
{
    private const int MostSaid = 20;

    private readonly IPayloadFormat? _set = topic.Format is { } name ? formats.ByName(name) : null;
    private readonly HashSet<string> _said = [];

    /// <summary>The format of a record; null where nothing says it.</summary>
    /// <param name="record">The record, for its headers.</param>
    /// <param name="payload">Its value without compression.</param>
    /// <param name="reason">Why it is that format, or none.</param>
    public IPayloadFormat? Of(in LogRecord record, ReadOnlySpan<byte> payload, out string reason)
    {
        var choice = ByHeader(record);
        if (choice.Format is null) choice = _set is not null ? new(_set, "the topic's setting") : formats.ByLook(payload);
        reason = choice.Reason;
        var decision = $"{choice.Format?.Name ?? "none"}: {choice.Reason}";
        // A producer can make up any number of content types.
        if (_said.Count < MostSaid && _said.Add(decision)) Log.Decided(logger, topic.Name, SafeText.OneLine(decision));
        return choice.Format;
    }

    private FormatChoice ByHeader(in LogRecord record)
    {
        var type = record.Header("content-type");
        return type.IsEmpty ? default : formats.ByContentType(Encoding.UTF8.GetString(type[..Math.Min(type.Length, 200)]));
    }

    private static partial class Log
    {
        [LoggerMessage(5020, LogLevel.Information, "The format of records of {Topic} is {Decision}")]
        public static partial void Decided(ILogger logger, string topic, string decision);
    }
}
