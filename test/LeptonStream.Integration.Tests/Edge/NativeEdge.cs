using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Edge;

/// <summary>The program that <c>./build.sh build</c> makes, and the edge beside it that is compiled ahead of time.</summary>
internal static class NativeEdge
{
    private static readonly string Folder = Path.Combine(SharedFolder.RepositoryRoot, "artifacts", "lepton");

    /// <summary>The program, whose edge is the native one.</summary>
    public static string Program => Path.Combine(Folder, "lepton");

    public static void Require() =>
        Requires.Component(File.Exists(Path.Combine(Folder, "lepton-edge")), "the native edge: ./build.sh build makes it");
}
