namespace LeptonStream.Testing.Kubernetes;

/// <summary>
/// The real Helm of ../shared/tools, with folders of its own, so that a developer's repositories and plug-ins play no part.
/// </summary>
public sealed class HelmProgram
{
    /// <summary>For commands that render: the chart is judged as on this version of Kubernetes.</summary>
    public const string KubernetesVersion = "1.34.0";

    private readonly string _program;
    private readonly Dictionary<string, string> _environment;

    private HelmProgram(string program, string? kubeConfig)
    {
        _program = program;
        var home = Path.Combine(KubernetesTools.BinFolder, "helm-home");
        _environment = new Dictionary<string, string>
        {
            ["KUBECONFIG"] = kubeConfig ?? "/dev/null",
            // What kinds a cluster knows is cached by address, and the next cluster may have the same.
            ["KUBECACHEDIR"] = Path.Combine(Path.GetDirectoryName(kubeConfig) ?? home, "cache"),
            ["HELM_CACHE_HOME"] = Path.Combine(home, "cache"),
            ["HELM_CONFIG_HOME"] = Path.Combine(home, "config"),
            ["HELM_DATA_HOME"] = Path.Combine(home, "data"),
        };
    }

    /// <summary>A test is skipped where there is none.</summary>
    /// <param name="kubeConfig">How to reach a cluster; without it only commands that need none work.</param>
    public static async Task<HelmProgram> Find(string? kubeConfig = null) => new(await KubernetesTools.Unpack("helm"), kubeConfig);

    public Task<ProgramResult> Run(params IEnumerable<string> arguments) =>
        ExternalProgram.Run(_program, arguments, _environment, TimeSpan.FromMinutes(6));
}
