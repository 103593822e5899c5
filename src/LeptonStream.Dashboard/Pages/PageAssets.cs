using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace LeptonStream.Dashboard.Pages;

/// <summary>
/// The files under wwwroot, embedded in the assembly. All but the page itself have addresses with the version of the whole set in them,
/// so that a browser may keep them without end and never mixes two versions.
/// </summary>
internal sealed class PageAssets
{
    private const string Root = "wwwroot/";
    private const string PageName = "index.html";
    private const string VersionMark = "{version}";

    private readonly FrozenDictionary<string, PageAsset> _assets;

    public PageAssets()
    {
        var contents = ReadAll();
        Version = VersionOf(contents);
        var page = Encoding.UTF8.GetString(contents[PageName]).Replace(VersionMark, Version);
        Page = new PageAsset(PageName, Encoding.UTF8.GetBytes(page));
        _assets = contents.Where(c => c.Key != PageName).ToFrozenDictionary(c => c.Key, c => new PageAsset(c.Key, c.Value));
    }

    public PageAsset Page { get; }

    public string Version { get; }

    public PageAsset? Find(string path) => _assets.GetValueOrDefault(path);

    private static SortedDictionary<string, byte[]> ReadAll()
    {
        var assembly = typeof(PageAssets).Assembly;
        var contents = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Root, StringComparison.Ordinal)))
        {
            using var resource = assembly.GetManifestResourceStream(name)!;
            var content = new byte[resource.Length];
            resource.ReadExactly(content);
            contents.Add(name[Root.Length..], content);
        }

        return contents;
    }

    private static string VersionOf(SortedDictionary<string, byte[]> contents)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, content) in contents)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{path}\n{content.Length}\n"));
            hash.AppendData(content);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }
}
