using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace LeptonStream.Dashboard.Pages;

/// <summary>One file of the page, as it is and compressed, each with its tag.</summary>
internal sealed class PageAsset
{
    public PageAsset(string path, byte[] content)
    {
        ContentType = ContentTypeOf(path);
        Plain = content;
        PlainTag = TagOf(content);
        Compressed = Compress(content);
        CompressedTag = TagOf(Compressed);
    }

    public string ContentType { get; }

    public byte[] Plain { get; }

    public EntityTagHeaderValue PlainTag { get; }

    public byte[] Compressed { get; }

    public EntityTagHeaderValue CompressedTag { get; }

    private static EntityTagHeaderValue TagOf(byte[] content) =>
        new($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8))}\"");

    private static byte[] Compress(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize)) gzip.Write(content);
        return compressed.ToArray();
    }

    private static string ContentTypeOf(string path) => Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".json" => "application/json",
        ".svg" => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    };
}
