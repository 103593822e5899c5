namespace LeptonStream.Notifier.Templates;

// The pipelines of an action.
internal sealed partial class TemplateParser
{
    private Pipeline ReadPipeline(bool mayAssign, bool isLoop = false)
    {
        var line = Line;
        var (variables, declares) = mayAssign ? Variables(isLoop) : ([], false);
        var commands = new List<IReadOnlyList<Operand>>();
        while (true)
        {
            var operands = new List<Operand>();
            while (Peek is { } token && !token.Is("|") && !token.Is(")"))
            {
                if (operands.Count > 0 && !token.IsApart) throw new TemplateFault(line, $"has '{token.Text}' without a blank before it");
                operands.Add(ReadOperand());
            }

            if (operands.Count == 0) throw new TemplateFault(line, commands.Count == 0 ? "needs a value" : "has nothing behind its |");
            if (operands[0] is Operand.Constant { Value: null }) throw new TemplateFault(line, "has nil where a value should stand");
            if (operands.Count > 1 && operands[0] is Operand.Constant or Operand.Dot)
                throw new TemplateFault(line, "gives arguments to a value that is no function");
            if (commands.Count > 0 && operands[0] is not (Operand.Function or Operand.Fields or Operand.Variable))
                throw new TemplateFault(line, "has a value that is no function behind its |");
            commands.Add(operands);
            if (Peek is not { } next || !next.Is("|")) break;
            _token++;
        }

        if (declares) _variables.AddRange(variables);
        return new(line, variables, declares, commands);
    }

    private (IReadOnlyList<string> Names, bool Declares) Variables(bool isLoop)
    {
        var start = _token;
        var names = new List<string>();
        while (Peek is { Kind: TokenKind.Variable } variable)
        {
            names.Add(variable.Text);
            _token++;
            if (isLoop && names.Count < 2 && Peek?.Is(",") is true) _token++;
            else break;
        }

        if (names.Count == 0 || Peek is not { Kind: TokenKind.Sign, Text: ":=" or "=" } sign)
        {
            _token = start;
            return ([], false);
        }

        _token++;
        var declares = sign.Text == ":=";
        if (!declares) foreach (var name in names) Known(name);
        return (names, declares);
    }

    private Operand ReadOperand()
    {
        var token = Peek!.Value;
        var line = token.Line;
        _token++;
        Operand operand = token.Kind switch
        {
            TokenKind.Literal => new Operand.Constant(line, token.Value),
            TokenKind.Dot => new Operand.Dot(line),
            TokenKind.Field => new Operand.Fields(line, new Operand.Dot(line), [token.Text]),
            TokenKind.Variable => new Operand.Variable(line, Known(token.Text)),
            TokenKind.Word => Word(token),
            _ when token.Text == "(" => Nested(line),
            _ => throw new TemplateFault(line, $"has '{token.Text}' where it means nothing"),
        };
        var names = new List<string>();
        while (Peek is { Kind: TokenKind.Field, IsApart: false } field)
        {
            names.Add(field.Text);
            _token++;
        }

        if (names.Count == 0) return operand;
        if (operand is Operand.Constant or Operand.Function)
            throw new TemplateFault(line, $"has the field .{names[0]} of a value without fields");
        return operand is Operand.Fields fields
            ? fields with { Names = [.. fields.Names, .. names] }
            : new Operand.Fields(line, operand, names);
    }

    private static Operand Word(TemplateToken word) => word.Text switch
    {
        "true" => new Operand.Constant(word.Line, true),
        "false" => new Operand.Constant(word.Line, false),
        "nil" => new Operand.Constant(word.Line, null),
        var name when TemplateFunctions.Has(name) => new Operand.Function(word.Line, name),
        var name => throw new TemplateFault(word.Line, $"has the function '{name}', which there is not"),
    };

    private Operand.Nested Nested(int line)
    {
        if (++_depth > MaxDepth) throw new TemplateFault(line, $"is nested more than {MaxDepth} deep");
        var pipeline = ReadPipeline(mayAssign: false);
        if (Peek?.Is(")") is not true) throw new TemplateFault(line, "has no ) for its (");
        _token++;
        _depth--;
        return new(line, pipeline);
    }

    private string Known(string variable) =>
        _variables.Contains(variable) ? variable : throw new TemplateFault(Line, $"has the variable {variable}, which is not set before");

    private TemplateToken? Peek => _token < _tokens.Count ? _tokens[_token] : null;

    private void NoMore()
    {
        if (Peek is { } more) throw new TemplateFault(more.Line, $"has '{more.Text}' where }}}} should stand");
    }
}
