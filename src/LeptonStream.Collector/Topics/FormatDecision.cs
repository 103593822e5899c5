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
/// <param name="topic">The topic.</param>
/// <param name="formats">The formats to choose from.</param>
/// <param name="logger">Where the decisions are logged.</param>
public sealed partial class FormatDecision(SourceTopic topic, FormatCatalog formats, ILogger logger)
{
    private const int MostSaid = 20;

    private readonly IPayloadFormat? _set = topic.Format is { } name ? formats.ByName(name) : null;
    private readonly HashSet<string> _said = [];

    /// <summary>How the value of a record is compressed: by its header <c>content-encoding</c>, else by its look.</summary>
    public static string EncodingOf(in LogRecord record) => record.Header("content-encoding") is { IsEmpty: false, Length: < 20 } named
        ? Encoding.ASCII.GetString(named)
        : Decompressor.ByLook(record.Value) ?? "";

    /// <summary>The format of a record; none where nothing says it.</summary>
    /// <param name="record">The record, for its headers.</param>
    /// <param name="payload">Its value without compression.</param>
    public FormatChoice Of(in LogRecord record, ReadOnlySpan<byte> payload)
    {
        var choice = ByHeader(record);
        if (choice.Format is null) choice = _set is not null ? new(_set, "as it is set") : formats.ByLook(payload);
        var decision = $"{choice.Format?.Name ?? "none"}: {choice.Reason}";
        // A producer can make up any number of content types.
        if (_said.Count < MostSaid && _said.Add(decision)) Log.Decided(logger, topic.Name, SafeText.OneLine(decision));
        return choice;
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
