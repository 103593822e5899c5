using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>Attributes: numbers and booleans as text, lists and maps as JSON.</summary>
internal ref partial struct OtlpProtoWalk
{
    private void ReadAttribute(int end, int firstLabel)
    {
        // One more than allowed is enough to refuse the point.
        if (batch.LabelCount - firstLabel > batch.Limits.Labels)
        {
            _in.SkipTo(end);
            return;
        }

        if (TryAddPlain(end)) return;
        Text name = default, value = default;
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 2: name = _in.Text(end, copyAt); break;
                case (2 << 3) | 2: value = ReadValue(_in.Message(end)); break;
                default: _in.Skip(tag, end); break;
            }
        }

        if (!_in.IsFailed) batch.TryAddLabel(name, value);
    }

    // The form of almost all attributes: a name and a text, both short and in ASCII, and nothing beside them. Its tags and lengths are
    // single bytes below 0x80, so that one look at the whole says that all lengths are what they seem and that both texts are sound.
    private bool TryAddPlain(int end)
    {
        const int Frame = 2, Tag = 0, Length = 1;
        var at = _in.At;
        var all = _payload[at..end];
        if (all.Length <= 3 * Frame || all[Tag] != ((1 << 3) | 2)) return false;
        int name = all[Length];
        var value = all.Length - (3 * Frame) - name;
        if (name == 0 || value < 0 || Math.Max(name, value) > batch.Limits.TextBytes) return false;
        var behind = all[(Frame + name)..];
        if (behind[Tag] != ((2 << 3) | 2) || behind[Length] != Frame + value) return false;
        if (behind[Frame + Tag] != ((1 << 3) | 2) || behind[Frame + Length] != value || !Ascii.IsValid(all)) return false;
        batch.AddLabel(new(copyAt + at + Frame, name), new(copyAt + end - value, value));
        _in.SkipTo(end);
        return true;
    }

    private Text ReadValue(int end)
    {
        Text value = default;
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 2: value = _in.Text(end, copyAt); break;
                case 2 << 3: value = batch.AddText(_in.Varint() != 0 ? "true"u8 : "false"u8); break;
                case 3 << 3: value = batch.AddNumberText((long)_in.Varint()); break;
                case (4 << 3) | 1: value = batch.AddNumberText(_in.Double()); break;
                case (5 << 3) | 2 or (6 << 3) | 2: value = ReadNested(tag, end); break;
                case (7 << 3) | 2: value = ReadBytes(end); break;
                default: _in.Skip(tag, end); break;
            }
        }

        return value;
    }

    private Text ReadBytes(int end)
    {
        var (start, length) = _in.Bytes(end);
        var room = batch.Room(Base64.GetMaxEncodedToUtf8Length(length));
        Base64.EncodeToUtf8(_payload.Slice(start, length), room, out _, out var written);
        return batch.Keep(written);
    }

    private Text ReadNested(uint tag, int end)
    {
        json.Begin();
        WriteNested(tag, _in.Message(end), batch.Limits.Depth);
        return batch.AddText(json.End());
    }

    // ArrayValue (5) and KeyValueList (6) both hold their members in field 1.
    private void WriteNested(uint tag, int end, int depth)
    {
        if (depth == 0)
        {
            IsTooDeep = true;
            _in.Fail();
            return;
        }

        var isList = tag == ((5 << 3) | 2);
        if (isList) json.Writer.WriteStartArray();
        else json.Writer.WriteStartObject();
        while (_in.TryTag(end, out var member))
        {
            if (member != ((1 << 3) | 2)) _in.Skip(member, end);
            else if (isList) WriteValue(_in.Message(end), depth);
            else WriteMember(_in.Message(end), depth);
        }

        if (isList) json.Writer.WriteEndArray();
        else json.Writer.WriteEndObject();
    }

    private void WriteMember(int end, int depth)
    {
        var hasName = false;
        var hasValue = false;
        while (_in.TryTag(end, out var tag))
        {
            if (tag == ((1 << 3) | 2) && !hasName)
            {
                json.Writer.WritePropertyName(Valid(end));
                hasName = true;
            }
            else if (tag == ((2 << 3) | 2) && hasName && !hasValue)
            {
                WriteValue(_in.Message(end), depth);
                hasValue = true;
            }
            else
            {
                _in.Skip(tag, end);
            }
        }

        if (hasName && !hasValue) json.Writer.WriteNullValue();
    }

    private void WriteValue(int end, int depth)
    {
        var isWritten = false;
        while (_in.TryTag(end, out var tag))
        {
            if (isWritten)
            {
                _in.Skip(tag, end);
                continue;
            }

            isWritten = true;
            switch (tag)
            {
                case (1 << 3) | 2: json.Writer.WriteStringValue(Valid(end)); break;
                case 2 << 3: json.Writer.WriteBooleanValue(_in.Varint() != 0); break;
                case 3 << 3: json.Writer.WriteNumberValue((long)_in.Varint()); break;
                case (4 << 3) | 1: AttributeJson.WriteNumber(json.Writer, _in.Double()); break;
                case (5 << 3) | 2 or (6 << 3) | 2: WriteNested(tag, _in.Message(end), depth - 1); break;
                case (7 << 3) | 2:
                    var (start, length) = _in.Bytes(end);
                    json.Writer.WriteBase64StringValue(_payload.Slice(start, length));
                    break;
                default:
                    isWritten = false;
                    _in.Skip(tag, end);
                    break;
            }
        }

        if (!isWritten) json.Writer.WriteNullValue();
    }

    private ReadOnlySpan<byte> Valid(int end)
    {
        var (start, length) = _in.Bytes(end);
        var text = _payload.Slice(start, length);
        return Utf8.IsValid(text) ? text : "?"u8;
    }
}
