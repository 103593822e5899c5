namespace LeptonStream.Notifier.Templates;

/// <summary>Reads the pieces of a template into its parts, and the templates that it defines into a library.</summary>
internal sealed partial class TemplateParser
{
    // More than anybody nests; an input made to be deep ends here.
    private const int MaxDepth = 100;

    private static readonly HashSet<string> Keywords =
        ["if", "else", "end", "range", "with", "template", "define", "block", "break", "continue"];

    private readonly IReadOnlyList<TemplatePiece> _pieces;
    private readonly Dictionary<string, IReadOnlyList<TemplateNode>> _defined;
    private readonly List<string> _variables = ["$"];
    private readonly List<(string Name, int Line)> _called = [];
    private int _piece;
    private int _depth;
    private int _loops;
    private IReadOnlyList<TemplateToken> _tokens = [];
    private int _token;

    private TemplateParser(IReadOnlyList<TemplatePiece> pieces, Dictionary<string, IReadOnlyList<TemplateNode>> defined) =>
        (_pieces, _defined) = (pieces, defined);

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="defined">Gets the templates that the text defines; a later one takes the place of an earlier one.</param>
    /// <returns>The parts outside of definitions, and the templates that are called.</returns>
    /// <exception cref="TemplateFault">The text is no template.</exception>
    public static (IReadOnlyList<TemplateNode> Body, IReadOnlyList<(string Name, int Line)> Called) Read(string text,
        Dictionary<string, IReadOnlyList<TemplateNode>> defined)
    {
        var parser = new TemplateParser(TemplateLexer.Read(text), defined);
        var body = parser.Body(out var end);
        if (end is not null) throw new TemplateFault(parser.Line, $"has a {end} that ends nothing");
        return (body, parser._called);
    }

    private int Line => _token < _tokens.Count ? _tokens[_token].Line : _pieces[Math.Min(_piece, _pieces.Count - 1)].Line;

    // Reads up to an end or an else, which stays the present action.
    private List<TemplateNode> Body(out string? end)
    {
        if (++_depth > MaxDepth) throw new TemplateFault(Line, $"is nested more than {MaxDepth} deep");
        var nodes = new List<TemplateNode>();
        end = null;
        for (; _piece < _pieces.Count && end is null; _piece++)
        {
            var piece = _pieces[_piece];
            if (piece.Text is { } text)
            {
                nodes.Add(new TemplateNode.Literal(piece.Line, text));
                continue;
            }

            (_tokens, _token) = (piece.Tokens, 0);
            if (Peek is { Kind: TokenKind.Word, Text: "end" or "else" } word)
            {
                end = word.Text;
                _token++;
                if (end == "end") NoMore();
            }
            else if (Node() is { } node) nodes.Add(node);
        }

        _depth--;
        return nodes;
    }

    private TemplateNode? Node()
    {
        var line = Line;
        if (Peek is not { Kind: TokenKind.Word } word || !Keywords.Contains(word.Text))
        {
            var action = new TemplateNode.Action(line, ReadPipeline(mayAssign: true));
            NoMore();
            return action;
        }

        _token++;
        switch (word.Text)
        {
            case "if": return Branch(line, movesDot: false);
            case "with": return Branch(line, movesDot: true);
            case "range": return Loop(line);
            case "define":
                if (_depth > 1) throw new TemplateFault(line, "defines a template inside of another action");
                Define(line, Name());
                return null;
            case "block":
                var name = Name();
                var given = ReadPipeline(mayAssign: false);
                NoMore();
                Define(line, name);
                return Call(line, name, given);
            case "template":
                return Called(line);
            default:
                NoMore();
                if (_loops == 0) throw new TemplateFault(line, $"has a {word.Text} outside of range");
                return new TemplateNode.Jump(line, word.Text == "break");
        }
    }

    private TemplateNode.Call Called(int line)
    {
        var name = Name();
        var pipeline = Peek is null ? null : ReadPipeline(mayAssign: false);
        NoMore();
        return Call(line, name, pipeline);
    }

    private TemplateNode.Call Call(int line, string name, Pipeline? pipeline)
    {
        _called.Add((name, line));
        return new(line, name, pipeline);
    }

    private TemplateNode.Branch Branch(int line, bool movesDot)
    {
        if (++_depth > MaxDepth) throw new TemplateFault(line, $"is nested more than {MaxDepth} deep");
        var scope = _variables.Count;
        var pipeline = ReadPipeline(mayAssign: true);
        NoMore();
        _piece++;
        var body = Block(line, out var end);
        IReadOnlyList<TemplateNode> otherwise = end == "else" ? Else(line) : [];
        Leave(scope);
        _depth--;
        return new(line, pipeline, movesDot, body, otherwise);
    }

    // Behind an else: its body, or another condition that shares the end.
    private List<TemplateNode> Else(int line)
    {
        if (Peek is { Kind: TokenKind.Word, Text: "if" or "with" } word)
        {
            _token++;
            // The branch steps over its last action, and so does this one.
            return [Branch(line, word.Text == "with")];
        }

        NoMore();
        _piece++;
        var body = Block(line, out var end);
        if (end != "end") throw new TemplateFault(line, "has an else behind its else");
        return body;
    }

    private TemplateNode.Loop Loop(int line)
    {
        var scope = _variables.Count;
        var pipeline = ReadPipeline(mayAssign: true, isLoop: true);
        NoMore();
        _piece++;
        _loops++;
        var body = Block(line, out var end);
        _loops--;
        IReadOnlyList<TemplateNode> otherwise = [];
        if (end == "else")
        {
            NoMore();
            _piece++;
            otherwise = Block(line, out end);
            if (end != "end") throw new TemplateFault(line, "has an else behind its else");
        }

        Leave(scope);
        return new(line, pipeline, body, otherwise);
    }

    private void Define(int line, string name)
    {
        NoMore();
        var (outside, loops) = (_variables[1..], _loops);
        Leave(1);
        _loops = 0;
        _piece++;
        var body = Block(line, out var end);
        if (end != "end") throw new TemplateFault(line, "has an else without if");
        _variables.AddRange(outside);
        _loops = loops;
        // An empty definition hides none that says something.
        if (!_defined.ContainsKey(name) || body.Any(node => node is not TemplateNode.Literal { Text: var text } || text.Trim().Length > 0))
            _defined[name] = body;
    }

    // A body with its end or else; the action that ended it is the present one, and the present piece.
    private List<TemplateNode> Block(int line, out string end)
    {
        var scope = _variables.Count;
        var body = Body(out var found);
        end = found ?? throw new TemplateFault(line, "has no end");
        _piece--;
        Leave(scope);
        return body;
    }

    private void Leave(int scope) => _variables.RemoveRange(scope, _variables.Count - scope);

    private string Name()
    {
        if (Peek is not { Kind: TokenKind.Literal, Value: string name })
            throw new TemplateFault(Line, "needs the name of a template in quotes");
        _token++;
        return name;
    }
}
