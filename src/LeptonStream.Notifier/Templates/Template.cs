using System.Runtime.CompilerServices;
using System.Text;

namespace LeptonStream.Notifier.Templates;

/// <summary>The text of a field, read; equal to another that would write the same.</summary>
internal sealed class Template(TemplateLibrary library, string source, IReadOnlyList<TemplateNode> body,
    IReadOnlyDictionary<string, IReadOnlyList<TemplateNode>> own) : IEquatable<Template>
{
    private readonly string _library = library.Fingerprint;

    /// <summary>Whether it writes the same for everything.</summary>
    public bool IsConstant => body is [] or [TemplateNode.Literal];

    /// <summary>Writes the text.</summary>
    /// <param name="data">The data.</param>
    /// <param name="now">The time of the notification.</param>
    /// <param name="routeLabels">The labels of the route.</param>
    /// <param name="escape">Takes the meaning from the signs of a value; gets what was written before it, too.</param>
    /// <exception cref="TemplateFault">The data does not fit.</exception>
    public string Write(TemplateRecord data, GoTime now, TemplateMap routeLabels, Func<StringBuilder, string, string> escape)
    {
        var run = new TemplateRun(name => own.GetValueOrDefault(name) ?? library.Find(name), escape)
        {
            Now = now,
            RouteLabels = routeLabels,
        };
        try
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            return run.Write(body, data);
        }
        catch (Exception broken) when (broken is not (TemplateFault or OperationCanceledException))
        {
            // The page matters more than its text: whatever goes wrong here, the built-in one stands.
            throw new TemplateFault(1, $"fails: {broken.Message}");
        }
    }

    public bool Equals(Template? other) => other is not null && source == other.Source && _library == other._library;

    public override bool Equals(object? obj) => Equals(obj as Template);

    public override int GetHashCode() => HashCode.Combine(source, _library);

    public override string ToString() => source;

    private string Source => source;
}
