using System.Text;

namespace LeptonStream.Notifier.Templates;

/// <summary>The templates that files define, and the ones that are built in.</summary>
internal sealed class TemplateLibrary
{
    private readonly Dictionary<string, IReadOnlyList<TemplateNode>> _defined = [];
    private readonly List<(string File, string Called, int Line)> _calls = [];

    /// <summary>Grows with everything that was read: two libraries of the same text write the same.</summary>
    public string Fingerprint { get; private set; } = "";

    /// <summary>Reads a file of definitions; one of a name that is there takes its place.</summary>
    /// <exception cref="TemplateFault">The text is no template.</exception>
    public void Add(string file, string text)
    {
        var (_, called) = TemplateParser.Read(text, _defined);
        _calls.AddRange(called.Select(call => (file, call.Name, call.Line)));
        Fingerprint = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(Fingerprint + text)));
    }

    /// <summary>The calls in files of templates that there are not.</summary>
    public IEnumerable<(string File, string Name, int Line)> Missing => _calls.Where(call => Find(call.Called) is null);

    /// <summary>Reads the text of a field.</summary>
    /// <exception cref="TemplateFault">The text is no template, or calls one that there is not.</exception>
    public Template Read(string text)
    {
        var own = new Dictionary<string, IReadOnlyList<TemplateNode>>();
        var (body, called) = TemplateParser.Read(text, own);
        if (called.FirstOrDefault(call => !own.ContainsKey(call.Name) && Find(call.Name) is null) is { Name: { } missing, Line: var line })
            throw new TemplateFault(line, $"calls the template '{missing}', which there is not");
        return new Template(this, text, body, own);
    }

    /// <summary>Whether a file defines the template of a name.</summary>
    public bool Defines(string name) => _defined.ContainsKey(name);

    /// <summary>The names that files define.</summary>
    public IEnumerable<string> Names => _defined.Keys;

    /// <summary>The template of a name; null without.</summary>
    public IReadOnlyList<TemplateNode>? Find(string name) => _defined.GetValueOrDefault(name) ?? BuiltIn.Find(name);
}
