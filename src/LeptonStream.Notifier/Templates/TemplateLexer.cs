using System.Globalization;

namespace LeptonStream.Notifier.Templates;

/// <summary>
/// Cuts the text of a template into stretches of text and actions, as Go's <c>text/template</c> does: <c>{{- </c> and <c> -}}</c> take the
/// blanks beside them away, and a comment is nothing.
/// </summary>
internal sealed class TemplateLexer
{
    private static readonly char[] Blanks = [' ', '\t', '\r', '\n'];

    private readonly string _text;
    private readonly List<TemplatePiece> _pieces = [];
    private int _at;
    private int _line = 1;

    private TemplateLexer(string text) => _text = text;

    /// <summary>The pieces of a text, in their order.</summary>
    /// <exception cref="TemplateFault">The text is no template.</exception>
    public static IReadOnlyList<TemplatePiece> Read(string text)
    {
        var lexer = new TemplateLexer(text);
        lexer.Read();
        return lexer._pieces;
    }

    private void Read()
    {
        var isTrimmed = false;
        while (_at < _text.Length)
        {
            var open = _text.IndexOf("{{", _at, StringComparison.Ordinal);
            var stretch = open < 0 ? _text[_at..] : _text[_at..open];
            var trimsBefore = open >= 0 && open + 3 < _text.Length && _text[open + 2] == '-' && Blanks.Contains(_text[open + 3]);
            var shown = isTrimmed ? stretch.TrimStart(Blanks) : stretch;
            if (trimsBefore) shown = shown.TrimEnd(Blanks);
            if (shown.Length > 0) _pieces.Add(new(shown, [], _line));
            Advance(stretch.Length);
            if (open < 0) return;
            Advance(trimsBefore ? 3 : 2);
            isTrimmed = Action(trimsBefore);
        }
    }

    // Reads behind the opening braces; says whether the blanks behind the closing ones go.
    private bool Action(bool isTrimmed)
    {
        var line = _line;
        if (Comment(isTrimmed)) return Close(line);
        var tokens = new List<TemplateToken>();
        while (true)
        {
            var from = _at;
            while (_at < _text.Length && Blanks.Contains(_text[_at])) Advance(1);
            if (_at >= _text.Length) throw new TemplateFault(line, "has no }} for its {{");
            if (Starts("}}") || (Starts("-}}") && _at > from)) break;
            tokens.Add(Token(_at > from));
        }

        if (tokens.Count == 0) throw new TemplateFault(line, "has nothing between {{ and }}");
        _pieces.Add(new(null, tokens, line));
        return Close(line);
    }

    // A comment stands directly behind its braces, or behind the blanks of their dash.
    private bool Comment(bool isTrimmed)
    {
        var begin = _at;
        while (isTrimmed && begin < _text.Length && Blanks.Contains(_text[begin])) begin++;
        if (string.CompareOrdinal(_text, begin, "/*", 0, 2) != 0) return false;
        var end = _text.IndexOf("*/", begin, StringComparison.Ordinal);
        if (end < 0) throw new TemplateFault(_line, "has no */ for its /*");
        Advance(end + 2 - _at);
        while (_at < _text.Length && Blanks.Contains(_text[_at])) Advance(1);
        return true;
    }

    private bool Close(int line)
    {
        var trims = Starts("-}}");
        if (!trims && !Starts("}}")) throw new TemplateFault(line, "has more than a comment between {{ and }}");
        Advance(trims ? 3 : 2);
        return trims;
    }

    private TemplateToken Token(bool isApart)
    {
        var line = _line;
        var sign = _text[_at];
        if (Starts(":=")) return Sign(2);
        if (sign is '|' or '(' or ')' or ',' or '=') return Sign(1);
        if (sign == '"') return Quoted('"');
        if (sign == '\'') return Quoted('\'');
        if (sign == '`') return Raw();
        if (sign == '$') return new(TokenKind.Variable, Word(1), null, isApart, line);
        if (sign == '.' && !(_at + 1 < _text.Length && char.IsAsciiDigit(_text[_at + 1])))
        {
            var word = Word(1);
            return word.Length == 1 ? new(TokenKind.Dot, ".", null, isApart, line) : new(TokenKind.Field, word[1..], null, isApart, line);
        }

        if (char.IsAsciiDigit(sign) || sign is '+' or '-' or '.') return Number();
        if (IsLetter(sign)) return new(TokenKind.Word, Word(0), null, isApart, line);
        throw new TemplateFault(line, $"has '{sign}' where it means nothing");

        TemplateToken Sign(int length)
        {
            var text = _text.Substring(_at, length);
            Advance(length);
            return new(TokenKind.Sign, text, null, isApart, line);
        }

        TemplateToken Quoted(char quote)
        {
            var end = _at + 1;
            while (end < _text.Length && _text[end] != quote && _text[end] != '\n') end += _text[end] == '\\' ? 2 : 1;
            if (end >= _text.Length || _text[end] != quote) throw new TemplateFault(line, $"has no second {quote}");
            var inside = GoText.Unquote(_text[(_at + 1)..end]) ?? throw new TemplateFault(line, "has an escape that is none");
            Advance(end + 1 - _at);
            if (quote == '"') return new(TokenKind.Literal, inside, inside, isApart, line);
            var letters = new StringInfo(inside);
            if (letters.LengthInTextElements != 1) throw new TemplateFault(line, "has not one character between ' and '");
            return new(TokenKind.Literal, inside, (long)char.ConvertToUtf32(inside, 0), isApart, line);
        }

        TemplateToken Raw()
        {
            var end = _text.IndexOf('`', _at + 1);
            if (end < 0) throw new TemplateFault(line, "has no second `");
            var inside = _text[(_at + 1)..end];
            Advance(end + 1 - _at);
            return new(TokenKind.Literal, inside, inside, isApart, line);
        }

        TemplateToken Number()
        {
            var end = _at + 1;
            while (end < _text.Length && (char.IsAsciiLetterOrDigit(_text[end]) || _text[end] is '.' or '_'
                || (_text[end] is '+' or '-' && _text[end - 1] is 'e' or 'E'))) end++;
            var text = _text[_at..end];
            var value = GoText.Number(text) ?? throw new TemplateFault(line, $"has the number '{text}', which is none");
            Advance(end - _at);
            return new(TokenKind.Literal, text, value, isApart, line);
        }
    }

    private string Word(int prefix)
    {
        var end = _at + prefix;
        while (end < _text.Length && (IsLetter(_text[end]) || char.IsDigit(_text[end]))) end++;
        var word = _text[_at..end];
        Advance(end - _at);
        return word;
    }

    private static bool IsLetter(char sign) => sign == '_' || char.IsLetter(sign);

    private bool Starts(string with) => string.CompareOrdinal(_text, _at, with, 0, with.Length) == 0;

    private void Advance(int letters)
    {
        _line += _text.AsSpan(_at, letters).Count('\n');
        _at += letters;
    }
}
