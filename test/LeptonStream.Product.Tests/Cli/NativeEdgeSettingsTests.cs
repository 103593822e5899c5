using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using LeptonStream.Cli.Settings;
using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Cli;

/// <summary>The native edge knows the settings of all roles, since one environment may serve all pods of a chart.</summary>
public sealed partial class NativeEdgeSettingsTests
{
    private static readonly XElement Kept = XElement.Load(Path.Combine(SharedFolder.RepositoryRoot, "src/LeptonStream.Cli/NativeEdge.xml"));

    private static IEnumerable<Type> Sections =>
        from name in typeof(SettingsCatalog).Assembly.GetReferencedAssemblies().Append(typeof(SettingsCatalog).Assembly.GetName())
        where name.Name is { } plain && (plain == "lepton" || plain.StartsWith("LeptonStream.", StringComparison.Ordinal))
        from type in Assembly.Load(name).GetTypes()
        where type.GetField("Section")?.GetRawConstantValue() is string section && SettingsCatalog.Check(section, null) is null
        select type;

    [Test]
    public void Types_OfTheCatalogue_AreKept()
    {
        var types = Sections.ToHashSet();
        Assert.That(types, Has.Count.EqualTo(9));
        // Enums and parts of sections, too.
        types.UnionWith([.. types.SelectMany(type => type.GetProperties()).Select(property => property.PropertyType)
            .Where(type => type.FullName!.StartsWith("LeptonStream.", StringComparison.Ordinal))]);
        Assert.That(types.Where(type => !IsKept(type)).Select(type => type.FullName), Is.Empty);
    }

    // The native runtime reads no 0x before a number.
    [Test]
    public void Numbers_ForTheRuntime_AreHexadecimalWithoutAPrefix()
    {
        var chart = Path.Combine(SharedFolder.RepositoryRoot, "helm/leptonstream/templates");
        var numbers = Directory.GetFiles(chart, "*", SearchOption.AllDirectories)
            .SelectMany(file => RuntimeNumber().Matches(File.ReadAllText(file))).Select(match => match.Value).ToArray();
        Assert.That(numbers, Is.Not.Empty);
        Assert.That(numbers.Where(number => number.Contains("\"0x", StringComparison.OrdinalIgnoreCase)), Is.Empty);
    }

    private static bool IsKept(Type type) => Kept.Elements("assembly")
        .Where(assembly => (string?)assembly.Attribute("fullname") == type.Assembly.GetName().Name)
        .Any(assembly => (string?)assembly.Attribute("preserve") == "all" || assembly.Elements("type").Any(kept =>
            (string?)kept.Attribute("fullname") == type.FullName && (string?)kept.Attribute("preserve") == "all"));

    [GeneratedRegex("""DOTNET_\w+, value: "\w+"}""")]
    private static partial Regex RuntimeNumber();
}
