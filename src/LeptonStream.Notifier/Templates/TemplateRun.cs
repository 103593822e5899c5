using System.Runtime.CompilerServices;
using System.Text;

namespace LeptonStream.Notifier.Templates;

/// <summary>
/// Writes a template for its data. Every value that the data give passes <paramref name="escape"/>; what the template's author wrote stands
/// as it is.
/// </summary>
/// <param name="find">The template of a name; null where there is none.</param>
/// <param name="escape">Takes the meaning from the signs of a value; gets what was written before it, too.</param>
internal sealed class TemplateRun(Func<string, IReadOnlyList<TemplateNode>?> find, Func<StringBuilder, string, string> escape)
{
    private const int MaxLetters = 256 * 1024;
    private const int MaxSteps = 200_000;
    private const int MaxCalls = 50;

    private readonly StringBuilder _written = new();
    private readonly List<(string Name, object? Value)> _variables = [];
    private int _steps;
    private int _calls;

    private enum Flow
    {
        Next,
        Break,
        Continue,
    }

    /// <summary>The time of the notification, for <c>now</c> and <c>since</c>.</summary>
    public required GoTime Now { get; init; }

    /// <summary>The labels of the route, for <c>routeLabels</c>.</summary>
    public required TemplateMap RouteLabels { get; init; }

    /// <summary>Writes the parts of a template.</summary>
    /// <exception cref="TemplateFault">The data does not fit.</exception>
    public string Write(IReadOnlyList<TemplateNode> body, object? data)
    {
        _variables.Add(("$", data));
        Body(body, data);
        return _written.ToString();
    }

    private Flow Body(IReadOnlyList<TemplateNode> nodes, object? dot)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var scope = _variables.Count;
        foreach (var node in nodes)
        {
            var flow = Node(node, dot);
            if (flow == Flow.Next) continue;
            Leave(scope);
            return flow;
        }

        Leave(scope);
        return Flow.Next;
    }

    private Flow Node(TemplateNode node, object? dot)
    {
        if (++_steps > MaxSteps) throw new TemplateFault(node.Line, $"takes more than {MaxSteps} steps");
        if (_written.Length > MaxLetters) throw new TemplateFault(node.Line, $"writes more than {MaxLetters} letters");
        switch (node)
        {
            case TemplateNode.Literal literal:
                _written.Append(literal.Text);
                return Flow.Next;
            case TemplateNode.Action action:
                var value = Value(action.Pipeline, dot);
                if (action.Pipeline.Variables.Count > 0) return Flow.Next;
                // A constant is the author's own.
                if (action.Pipeline.Commands is [[Operand.Constant { Value: string own }]]) value = new VouchedText(own);
                _written.Append(value is VouchedText safe ? safe.Text : escape(_written, TemplateValues.Text(value)));
                return Flow.Next;
            case TemplateNode.Branch branch:
                return Branch(branch, dot);
            case TemplateNode.Loop loop:
                return Loop(loop, dot);
            case TemplateNode.Call call:
                Call(call, dot);
                return Flow.Next;
            default:
                return ((TemplateNode.Jump)node).IsBreak ? Flow.Break : Flow.Continue;
        }
    }

    private Flow Branch(TemplateNode.Branch branch, object? dot)
    {
        var scope = _variables.Count;
        var value = Value(branch.Pipeline, dot);
        var flow = TemplateValues.IsTrue(value)
            ? Body(branch.Body, branch.MovesDot ? value : dot)
            : Body(branch.Else, dot);
        Leave(scope);
        return flow;
    }

    private Flow Loop(TemplateNode.Loop loop, object? dot)
    {
        var scope = _variables.Count;
        var value = Evaluate(loop.Pipeline, dot);
        var entries = Entries(value, loop.Line);
        var isEmpty = true;
        foreach (var (key, item) in entries)
        {
            isEmpty = false;
            if (++_steps > MaxSteps) throw new TemplateFault(loop.Line, $"takes more than {MaxSteps} steps");
            var names = loop.Pipeline.Variables;
            if (names.Count > 0) Set(names[^1], item, loop.Pipeline.Declares);
            if (names.Count > 1) Set(names[0], key, loop.Pipeline.Declares);
            var flow = Body(loop.Body, item);
            Leave(scope);
            if (flow == Flow.Break) break;
        }

        return isEmpty ? Body(loop.Else, dot) : Flow.Next;
    }

    private static IEnumerable<(object? Key, object? Item)> Entries(object? value, int line) => value switch
    {
        null => [],
        TemplateList list => list.Items.Select((item, index) => ((object?)(long)index, item)),
        TemplateMap map => map.Entries.Select(entry => ((object?)entry.Key, entry.Value)),
        long count and >= 0 and <= MaxSteps => Enumerable.Range(0, (int)count).Select(index => (object?)(long)index)
            .Select(index => (index, index)),
        _ => throw new TemplateFault(line, $"ranges over {TemplateValues.KindOf(value)}"),
    };

    private void Call(TemplateNode.Call call, object? dot)
    {
        var body = find(call.Name) ?? throw new TemplateFault(call.Line, $"calls the template '{call.Name}', which there is not");
        var data = call.Pipeline is { } pipeline ? Value(pipeline, dot) : null;
        if (++_calls > MaxCalls) throw new TemplateFault(call.Line, $"calls templates more than {MaxCalls} deep");
        // A template sees its own data and no variable of its caller.
        (string, object?)[] outside = [.. _variables];
        _variables.Clear();
        _variables.Add(("$", data));
        Body(body, data);
        _variables.Clear();
        _variables.AddRange(outside);
        _calls--;
    }

    private object? Value(Pipeline pipeline, object? dot)
    {
        var value = Evaluate(pipeline, dot);
        foreach (var name in pipeline.Variables) Set(name, value, pipeline.Declares);
        return value;
    }

    private object? Evaluate(Pipeline pipeline, object? dot)
    {
        object? value = null;
        for (var i = 0; i < pipeline.Commands.Count; i++) value = Command(pipeline.Commands[i], dot, i > 0, value);
        return value;
    }

    private object? Command(IReadOnlyList<Operand> operands, object? dot, bool isFed, object? fed)
    {
        if (++_steps > MaxSteps) throw new TemplateFault(operands[0].Line, $"takes more than {MaxSteps} steps");
        var line = operands[0].Line;
        try
        {
            if (operands[0] is Operand.Function { Name: "and" or "or" } lazy)
                return Lazy(lazy.Name == "and", operands, dot, isFed, fed);
            if (operands[0] is Operand.Function function)
                return Bounded(TemplateFunctions.Call(function.Name, Arguments(), this), line);
            if (operands is [Operand.Fields fields, ..])
                return Fields(fields, dot, operands.Count > 1 || isFed ? Arguments() : null);
            if (operands.Count > 1 || isFed) throw new TemplateFault(line, "gives arguments to a value that is no function");
            return ValueOf(operands[0], dot);
        }
        catch (TemplateFault fault) when (fault.Line == 0)
        {
            throw new TemplateFault(line, fault.Message);
        }

        List<object?> Arguments()
        {
            var arguments = operands.Skip(1).Select(operand => ValueOf(operand, dot)).ToList();
            if (isFed) arguments.Add(fed);
            return arguments;
        }
    }

    // A value must not grow without end, nor be copied without being counted.
    private object? Bounded(object? value, int line)
    {
        if (value is string { Length: > MaxLetters }) throw new TemplateFault(line, $"makes a text of more than {MaxLetters} letters");
        _steps += value is TemplateList list ? list.Items.Count : value is string text ? text.Length / 64 : 0;
        if (_steps > MaxSteps) throw new TemplateFault(line, $"takes more than {MaxSteps} steps");
        return value;
    }

    // The first argument that decides is the value, and those behind it are not looked at.
    private object? Lazy(bool isAnd, IReadOnlyList<Operand> operands, object? dot, bool isFed, object? fed)
    {
        if (operands.Count == 1 && !isFed) throw new TemplateFault(operands[0].Line, $"needs arguments for {(isAnd ? "and" : "or")}");
        object? value = null;
        foreach (var operand in operands.Skip(1))
        {
            value = ValueOf(operand, dot);
            if (TemplateValues.IsTrue(value) != isAnd) return value;
        }

        return isFed ? fed : value;
    }

    private object? ValueOf(Operand operand, object? dot) => operand switch
    {
        Operand.Constant constant => constant.Value,
        Operand.Dot => dot,
        Operand.Variable variable => _variables.FindLast(known => known.Name == variable.Name).Value,
        Operand.Function function => TemplateFunctions.Call(function.Name, [], this),
        Operand.Nested nested => Value(nested.Pipeline, dot),
        _ => Fields((Operand.Fields)operand, dot, null),
    };

    // Arguments are the last field's, which must be a method then.
    private object? Fields(Operand.Fields fields, object? dot, List<object?>? arguments)
    {
        var value = ValueOf(fields.Of, dot);
        for (var i = 0; i < fields.Names.Count; i++)
        {
            var name = fields.Names[i];
            var member = Member(value, name)
                ?? throw new TemplateFault(fields.Line, $"asks for .{name} of {TemplateValues.KindOf(value)}, which has none");
            var given = i == fields.Names.Count - 1 ? arguments : null;
            if (member.Value is TemplateMethod method) value = method(given ?? []);
            else if (given is not null) throw new TemplateFault(fields.Line, $"gives arguments to .{name}, which is no function");
            else value = member.Value;
        }

        return value;
    }

    private static StrongBox? Member(object? value, string name) => value switch
    {
        ITemplateMembers members => members.TryGet(name, out var member) ? new(member) : null,
        GoTime time => time.Member(name) is { } method ? new(method) : null,
        TimeSpan span => GoDuration.Member(span, name) is { } method ? new(method) : null,
        _ => null,
    };

    private void Set(string name, object? value, bool declares)
    {
        var known = declares ? -1 : _variables.FindLastIndex(variable => variable.Name == name);
        if (known < 0) _variables.Add((name, value));
        else _variables[known] = (name, value);
    }

    private void Leave(int scope) => _variables.RemoveRange(scope, _variables.Count - scope);

    private sealed record StrongBox(object? Value);
}
