using System.Text;

namespace LeptonStream.Notifier.Channels.Messages;

/// <summary>The place in HTML that follows a text; a value may stand in some of them only.</summary>
internal enum HtmlPlace
{
    /// <summary>Between tags.</summary>
    Text = 0,

    /// <summary>At the beginning of an attribute that holds an address.</summary>
    Address = 1,

    /// <summary>In the quotes of another attribute, or behind the beginning of an address.</summary>
    Attribute = 2,

    /// <summary>Where a value would be code, a style, or a part of a tag.</summary>
    Forbidden = 3,
}

/// <summary>Follows a text of HTML as it grows, and knows its place.</summary>
internal sealed class HtmlPlaces
{
    private static readonly string[] Addresses = ["href", "src", "action", "background", "cite", "poster"];
    private static readonly string[] Harmless = ["title", "alt", "width", "height", "align", "class", "id", "colspan", "rowspan"];
    private static readonly string[] Raw = ["script", "style"];

    private readonly StringBuilder _word = new();
    private State _state;
    private char _quote;
    private bool _isBegun;
    private string _tag = "";
    private string _attribute = "";
    private int _read;

    private enum State
    {
        Text,
        TagName,
        Tag,
        Equals,
        Quoted,
        Bare,
        Comment,
        Raw,
    }

    /// <summary>The place behind a text, which begins with the text that was asked for before.</summary>
    public HtmlPlace Behind(StringBuilder text)
    {
        var added = text.ToString(_read, text.Length - _read);
        _read = text.Length;
        foreach (var letter in added) Read(letter);
        if (_state == State.Text) return HtmlPlace.Text;
        if (_state != State.Quoted) return HtmlPlace.Forbidden;
        if (Addresses.Contains(_attribute)) return _isBegun ? HtmlPlace.Attribute : HtmlPlace.Address;
        return Harmless.Contains(_attribute) ? HtmlPlace.Attribute : HtmlPlace.Forbidden;
    }

    private void Read(char letter)
    {
        switch (_state)
        {
            case State.Text when letter == '<':
                Begin(State.TagName);
                break;
            case State.TagName:
                InName(letter);
                break;
            case State.Tag:
                InTag(letter);
                break;
            case State.Equals when letter is '"' or '\'':
                (_state, _quote, _isBegun) = (State.Quoted, letter, false);
                break;
            case State.Equals when letter == '>':
                Close();
                break;
            case State.Equals when !char.IsWhiteSpace(letter):
                _state = State.Bare;
                break;
            case State.Quoted when letter == _quote:
                Begin(State.Tag);
                break;
            case State.Quoted:
                // Blanks and control characters before an address are nothing to a browser.
                _isBegun |= letter > ' ';
                break;
            case State.Bare when letter == '>':
                Close();
                break;
            case State.Bare when char.IsWhiteSpace(letter):
                Begin(State.Tag);
                break;
            case State.Comment:
                if (Ends(letter, "-->")) Begin(State.Text);
                break;
            case State.Raw:
                if (Ends(letter, "</" + _tag)) EndRaw();
                break;
            default:
                break;
        }
    }

    private void InName(char letter)
    {
        if (char.IsWhiteSpace(letter) && _word.Length == 0) Begin(State.Text);
        else if (char.IsWhiteSpace(letter) || letter == '>')
        {
            _tag = _word.ToString().ToLowerInvariant();
            Begin(State.Tag);
            if (letter == '>') Close();
        }
        else
        {
            _word.Append(letter);
            if (_word is { Length: 3 } && _word.ToString() == "!--") Begin(State.Comment);
        }
    }

    private void InTag(char letter)
    {
        if (letter == '>') Close();
        else if (letter == '=')
        {
            _attribute = _word.ToString().ToLowerInvariant();
            _state = State.Equals;
            _word.Clear();
        }
        else if (char.IsWhiteSpace(letter) || letter == '/')
        {
            // A blank may stand before the sign.
            if (_word.Length > 0) _word.Append(' ');
        }
        else
        {
            if (_word.Length > 0 && _word[^1] == ' ') _word.Clear();
            _word.Append(letter);
        }

        if (_state == State.Equals) _attribute = _attribute.Trim();
    }

    private void EndRaw()
    {
        _tag = "";
        Begin(State.Tag);
    }

    private void Close() => Begin(Raw.Contains(_tag) ? State.Raw : State.Text);

    private void Begin(State state)
    {
        _state = state;
        _word.Clear();
        if (state == State.Text) _tag = "";
    }

    private bool Ends(char letter, string with)
    {
        _word.Append(char.ToLowerInvariant(letter));
        if (_word.Length > with.Length) _word.Remove(0, _word.Length - with.Length);
        return _word.ToString() == with;
    }
}
