using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace LeptonStream.Yaml;

/// <summary>
/// Looks through a document before a tree is made of it. The tree is built and walked by recursion, and an alias stands for a whole branch:
/// without bounds a few bytes become an endless loop, a full memory or a stack overflow, which no program survives.
/// </summary>
internal sealed class YamlBounds
{
    /// <summary>Mappings and lists inside one another, at most. A route inside a route takes two.</summary>
    public const int MaxDepth = 64;

    /// <summary>Texts, lists and mappings of a document, at most; an alias counts as all that it stands for.</summary>
    public const int MaxNodes = 100_000;

    private readonly Stack<Branch> _open = [];

    // Null while the branch with that anchor is still open.
    private readonly Dictionary<AnchorName, (int Nodes, int Height)?> _anchors = [];
    private int _nodes;

    private YamlBounds()
    {
    }

    /// <summary>Reads the document once from its begin to its end.</summary>
    /// <exception cref="YamlException">It is no YAML, or beyond the bounds; the exception has the place and the reason.</exception>
    public static void Check(IParser parser)
    {
        var bounds = new YamlBounds();
        while (parser.MoveNext()) bounds.Take(parser.Current!);
    }

    private void Take(ParsingEvent at)
    {
        switch (at)
        {
            case MappingStart or SequenceStart:
                Open((NodeEvent)at);
                break;
            case MappingEnd or SequenceEnd:
                Close();
                break;
            case Scalar text:
                if (!text.Anchor.IsEmpty) _anchors[text.Anchor] = (1, 0);
                Count(at, nodes: 1, height: 0);
                break;
            case AnchorAlias alias:
                Follow(alias);
                break;
        }
    }

    private void Open(NodeEvent at)
    {
        if (!at.Anchor.IsEmpty) _anchors[at.Anchor] = null;
        _open.Push(new Branch(at.Anchor, _nodes));
        Count(at, nodes: 1, height: 0);
    }

    private void Close()
    {
        var branch = _open.Pop();
        if (!branch.Anchor.IsEmpty) _anchors[branch.Anchor] = (_nodes - branch.NodesBefore, branch.Height + 1);
        Grow(branch.Height + 1);
    }

    private void Follow(AnchorAlias alias)
    {
        // One that stands for nothing is the parser's to refuse.
        if (!_anchors.TryGetValue(alias.Value, out var known)) return;
        if (known is not { } branch) throw Wrong(alias, $"*{alias.Value} stands inside the part that it stands for: it would never end");
        Count(alias, branch.Nodes, branch.Height);
    }

    private void Count(ParsingEvent at, int nodes, int height)
    {
        if (_open.Count + height > MaxDepth) throw Wrong(at, $"this is more than {MaxDepth} lists and mappings deep");
        _nodes += nodes;
        if (_nodes > MaxNodes) throw Wrong(at, $"these are more than {MaxNodes} values, each alias counted as all that it stands for");
        Grow(height);
    }

    private void Grow(int height)
    {
        if (_open.TryPeek(out var parent) && parent.Height < height) parent.Height = height;
    }

    private static YamlException Wrong(ParsingEvent at, string reason) => new(at.Start, at.End, reason);

    private sealed class Branch(AnchorName anchor, int nodesBefore)
    {
        public AnchorName Anchor => anchor;

        public int NodesBefore => nodesBefore;

        public int Height { get; set; }
    }
}
