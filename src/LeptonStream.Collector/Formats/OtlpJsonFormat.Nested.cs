using System.Globalization;
using System.Text.Json;

namespace LeptonStream.Collector.Formats;

/// <summary>Attributes that are lists or maps, which become plain JSON. The reader's limit of depth bounds the recursion.</summary>
internal sealed partial class OtlpJsonFormat
{
    // At the object with "values" of a list or map.
    private void WriteNested(ref Utf8JsonReader json, bool isMap)
    {
        if (isMap) _attribute.Writer.WriteStartObject();
        else _attribute.Writer.WriteStartArray();
        if (json.TokenType == JsonTokenType.StartObject)
        {
            while (TryProperty(ref json))
            {
                if (!json.ValueTextEquals("values"u8)) json.Skip();
                else if (TryList(ref json)) WriteMembers(ref json, isMap);
            }
        }
        else
        {
            json.Skip();
        }

        if (isMap) _attribute.Writer.WriteEndObject();
        else _attribute.Writer.WriteEndArray();
    }

    private void WriteMembers(ref Utf8JsonReader json, bool isMap)
    {
        while (TryMember(ref json))
        {
            if (isMap) WriteMember(ref json);
            else WriteValue(ref json);
        }
    }

    private void WriteMember(ref Utf8JsonReader json)
    {
        var hasName = false;
        var hasValue = false;
        while (TryProperty(ref json))
        {
            if (json.ValueTextEquals("key"u8) && !hasName)
            {
                json.Read();
                _attribute.Writer.WritePropertyName(Batch.BytesOf(KeepValue(ref json)));
                hasName = true;
            }
            else if (json.ValueTextEquals("value"u8) && hasName && !hasValue)
            {
                json.Read();
                if (json.TokenType == JsonTokenType.StartObject) WriteValue(ref json);
                else Skip(ref json);
                hasValue = true;
            }
            else
            {
                json.Skip();
            }
        }

        if (hasName && !hasValue) _attribute.Writer.WriteNullValue();
    }

    private void Skip(ref Utf8JsonReader json)
    {
        json.Skip();
        _attribute.Writer.WriteNullValue();
    }

    private void WriteValue(ref Utf8JsonReader json)
    {
        var isWritten = false;
        while (TryProperty(ref json))
        {
            if (isWritten)
            {
                json.Skip();
                continue;
            }

            isWritten = true;
            var isList = json.ValueTextEquals("arrayValue"u8);
            var isMap = json.ValueTextEquals("kvlistValue"u8);
            var isNumber = json.ValueTextEquals("intValue"u8) || json.ValueTextEquals("doubleValue"u8);
            json.Read();
            if (isList || isMap) WriteNested(ref json, isMap);
            else WriteScalar(ref json, isNumber);
        }

        if (!isWritten) _attribute.Writer.WriteNullValue();
    }

    private void WriteScalar(ref Utf8JsonReader json, bool isNumber)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.True or JsonTokenType.False:
                _attribute.Writer.WriteBooleanValue(json.TokenType == JsonTokenType.True);
                break;
            case JsonTokenType.Number:
                _attribute.Writer.WriteRawValue(json.ValueSpan, skipInputValidation: true);
                break;
            case JsonTokenType.String when isNumber && long.TryParse(json.ValueSpan, CultureInfo.InvariantCulture, out var whole):
                _attribute.Writer.WriteNumberValue(whole);
                break;
            case JsonTokenType.String:
                _attribute.Writer.WriteStringValue(Batch.BytesOf(Keep(ref json)));
                break;
            default:
                Skip(ref json);
                break;
        }
    }
}
