using System.Buffers;
using System.Text.Json;
using LeptonStream.Backtest.SeriesFiles;
using LeptonStream.Samples;

namespace LeptonStream.Backtest;

/// <summary>
/// Writes the rows of a file as records of the native JSON format, so that a backtest goes the same way as a record from Kafka.
/// </summary>
internal sealed class RowMessage(string model, IReadOnlyList<string> metrics) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _json = new(Stream.Null);

    /// <summary>The record of one row; valid until the next call.</summary>
    public ReadOnlySpan<byte> Of(in SeriesRow row, Timestamp time)
    {
        _buffer.ResetWrittenCount();
        _json.Reset(_buffer);
        _json.WriteStartObject();
        _json.WriteString("model", model);
        _json.WriteNumber("ts", time.UnixNanoseconds);
        if (row.Step != Sample.NoStep) _json.WriteNumber("step", row.Step);
        _json.WriteStartObject("metrics");
        for (var i = 0; i < metrics.Count; i++) Write(metrics[i], row.Values[i]);
        _json.WriteEndObject();
        _json.WriteEndObject();
        _json.Flush();
        return _buffer.WrittenSpan;
    }

    public void Dispose() => _json.Dispose();

    private void Write(string metric, double? value)
    {
        if (value is not { } number) _json.WriteNull(metric);
        else if (double.IsFinite(number)) _json.WriteNumber(metric, number);
        else _json.WriteString(metric, double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
    }
}
