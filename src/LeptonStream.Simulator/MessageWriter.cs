using System.Buffers;
using System.Text.Json;

namespace LeptonStream.Simulator;

/// <summary>Writes one message of the native JSON format: one entity, or an array of the entities of one model.</summary>
internal sealed class MessageWriter : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private readonly Utf8JsonWriter _json;
    private readonly string _model;
    private readonly bool _array;
    private long _time;
    private int _samples;

    public MessageWriter(string model, bool array)
    {
        _model = model;
        _array = array;
        _json = new Utf8JsonWriter(_buffer);
    }

    /// <summary>Begins the message of one sampling instant.</summary>
    public void Begin(in Moment now)
    {
        _buffer.ResetWrittenCount();
        _json.Reset();
        _samples = 0;
        _time = now.Time.UnixMilliseconds;
        if (_array) _json.WriteStartArray();
    }

    /// <summary>Begins one entity with up to two labels.</summary>
    public void BeginEntity((string Name, string Value) label = default, (string Name, string Value) second = default, long? step = null)
    {
        _json.WriteStartObject();
        _json.WriteString("model", _model);
        _json.WriteNumber("ts", _time);
        if (label.Name is not null)
        {
            _json.WriteStartObject("labels");
            _json.WriteString(label.Name, label.Value);
            if (second.Name is not null) _json.WriteString(second.Name, second.Value);
            _json.WriteEndObject();
        }

        if (step is { } number) _json.WriteNumber("step", number);
        _json.WriteStartObject("metrics");
    }

    /// <summary>Writes one metric: null is "not measured", a value that is no finite number goes as its name.</summary>
    public void Metric(string name, double? value)
    {
        if (value is not { } number)
        {
            _json.WriteNull(name);
            return;
        }

        _samples++;
        if (double.IsFinite(number)) _json.WriteNumber(name, Round(number));
        else _json.WriteString(name, double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
    }

    public void EndEntity()
    {
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    /// <summary>Ends the message and gives it as it goes on the wire.</summary>
    public FleetMessage End(in Moment now)
    {
        if (_array) _json.WriteEndArray();
        _json.Flush();
        return new(_model, now.Time, _buffer.WrittenSpan.ToArray(), _samples);
    }

    public void Dispose() => _json.Dispose();

    // Six significant digits, as exporters print.
    private static double Round(double value)
    {
        if (value == 0) return 0;
        var scale = Math.Pow(10, 5 - Math.Floor(Math.Log10(Math.Abs(value))));
        return Math.Round(value * scale) / scale;
    }
}
