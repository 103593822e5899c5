namespace LeptonStream.Notifier.Templates;

/// <summary>A template that cannot be read, or that cannot be written for the data at hand.</summary>
internal sealed class TemplateFault(int line, string what) : Exception(what)
{
    /// <summary>The line of the template's text, from 1.</summary>
    public int Line => line;
}
