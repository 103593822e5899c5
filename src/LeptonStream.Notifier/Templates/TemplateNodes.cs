namespace LeptonStream.Notifier.Templates;

/// <summary>A part of a template that writes something.</summary>
/// <param name="Line">Its line, from 1.</param>
internal abstract record TemplateNode(int Line)
{
    /// <summary>Text that stands as it is.</summary>
    public sealed record Literal(int Line, string Text) : TemplateNode(Line);

    /// <summary>A value to write, or a variable to set.</summary>
    public sealed record Action(int Line, Pipeline Pipeline) : TemplateNode(Line);

    /// <summary><c>if</c>, or <c>with</c>, which moves the dot.</summary>
    public sealed record Branch(int Line, Pipeline Pipeline, bool MovesDot, IReadOnlyList<TemplateNode> Body,
        IReadOnlyList<TemplateNode> Else) : TemplateNode(Line);

    /// <summary><c>range</c>.</summary>
    public sealed record Loop(int Line, Pipeline Pipeline, IReadOnlyList<TemplateNode> Body, IReadOnlyList<TemplateNode> Else)
        : TemplateNode(Line);

    /// <summary><c>template</c>, or the place of a <c>block</c>.</summary>
    public sealed record Call(int Line, string Name, Pipeline? Pipeline) : TemplateNode(Line);

    /// <summary><c>break</c>, or <c>continue</c>.</summary>
    public sealed record Jump(int Line, bool IsBreak) : TemplateNode(Line);
}

/// <summary>Commands, each of which gets the value of the one before as its last argument.</summary>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Variables">The variables that get the value; empty for a value to write.</param>
/// <param name="Declares">Whether the variables are new.</param>
/// <param name="Commands">The commands; each is its operands, the first of them a function or a value.</param>
internal sealed record Pipeline(int Line, IReadOnlyList<string> Variables, bool Declares, IReadOnlyList<IReadOnlyList<Operand>> Commands);

/// <summary>A value of a command.</summary>
/// <param name="Line">Its line, from 1.</param>
internal abstract record Operand(int Line)
{
    /// <summary>A text, a number, a truth or nothing.</summary>
    public sealed record Constant(int Line, object? Value) : Operand(Line);

    /// <summary>The dot.</summary>
    public sealed record Dot(int Line) : Operand(Line);

    /// <summary>A variable.</summary>
    public sealed record Variable(int Line, string Name) : Operand(Line);

    /// <summary>A function.</summary>
    public sealed record Function(int Line, string Name) : Operand(Line);

    /// <summary>A pipeline in brackets.</summary>
    public sealed record Nested(int Line, Pipeline Pipeline) : Operand(Line);

    /// <summary>Fields of a value, one of the other.</summary>
    public sealed record Fields(int Line, Operand Of, IReadOnlyList<string> Names) : Operand(Line);
}
