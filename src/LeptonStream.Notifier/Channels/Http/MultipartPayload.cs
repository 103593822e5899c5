namespace LeptonStream.Notifier.Channels.Http;

/// <summary>A body of fields and a picture.</summary>
internal static class MultipartPayload
{
    /// <summary>Writes the body.</summary>
    /// <param name="picture">The picture, as PNG.</param>
    /// <param name="field">The field of the picture.</param>
    /// <param name="fields">The other fields; one without a value is left out.</param>
    public static Payload Of(byte[] picture, string field, params IEnumerable<(string Name, string? Value)> fields)
    {
        using var content = new MultipartFormDataContent();
        foreach (var (name, value) in fields)
            if (value is not null) content.Add(new StringContent(value), name);
        var file = new ByteArrayContent(picture);
        file.Headers.ContentType = new("image/png");
        content.Add(file, field, "chart.png");
        using var body = new MemoryStream();
        content.CopyTo(body, context: null, CancellationToken.None);
        return new Payload(body.ToArray(), content.Headers.ContentType!.ToString());
    }
}
