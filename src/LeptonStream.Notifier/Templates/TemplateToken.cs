namespace LeptonStream.Notifier.Templates;

/// <summary>The kind of a token between the braces.</summary>
internal enum TokenKind
{
    /// <summary>The name of a function, a keyword, <c>true</c>, <c>false</c> or <c>nil</c>.</summary>
    Word,

    /// <summary>A field, without its dot.</summary>
    Field,

    /// <summary>A variable, with its dollar.</summary>
    Variable,

    /// <summary>The dot alone.</summary>
    Dot,

    /// <summary>A text, a number or a character, read.</summary>
    Literal,

    /// <summary>A sign: <c>| ( ) , = :=</c>.</summary>
    Sign,
}

/// <summary>A token between the braces.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Text">Its text; a literal's as it is written.</param>
/// <param name="Value">The value of a literal.</param>
/// <param name="IsApart">Whether a blank stands before it: <c>.A.B</c> is one operand, <c>.A .B</c> are two.</param>
/// <param name="Line">Its line, from 1.</param>
internal readonly record struct TemplateToken(TokenKind Kind, string Text, object? Value, bool IsApart, int Line)
{
    public bool Is(string sign) => Kind == TokenKind.Sign && Text == sign;

    public bool IsWord(string word) => Kind == TokenKind.Word && Text == word;
}

/// <summary>A stretch of text, or what stands between two pairs of braces.</summary>
/// <param name="Text">The text; null for an action.</param>
/// <param name="Tokens">The tokens of the action; empty for a text.</param>
/// <param name="Line">The line of its beginning, from 1.</param>
internal sealed record TemplatePiece(string? Text, IReadOnlyList<TemplateToken> Tokens, int Line);
