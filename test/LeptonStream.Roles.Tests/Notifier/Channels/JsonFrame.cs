using System.Text.Json;

namespace LeptonStream.Roles.Tests.Notifier.Channels;

/// <summary>A JSON document without its texts, and its texts.</summary>
internal static class JsonFrame
{
    public static (string Frame, IReadOnlyList<string> Texts) Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        var texts = new List<string>();
        return (Walk(document.RootElement, texts), texts);
    }

    private static string Walk(JsonElement element, List<string> texts)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                return $"{{{string.Join(',', element.EnumerateObject().Select(field => $"{field.Name}:{Walk(field.Value, texts)}"))}}}";
            case JsonValueKind.Array:
                return $"[{string.Join(',', element.EnumerateArray().Select(item => Walk(item, texts)))}]";
            case JsonValueKind.String:
                texts.Add(element.GetString()!);
                return "text";
            default:
                return element.ValueKind.ToString();
        }
    }
}
