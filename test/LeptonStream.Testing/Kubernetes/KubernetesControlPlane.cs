using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace LeptonStream.Testing.Kubernetes;

/// <summary>
/// A real Kubernetes control plane (../shared/tools/kubernetes) on ports of its own: admission, validation, controllers and the
/// scheduler are the real ones; nodes and pods are simulated, so no container runs.
/// </summary>
public sealed partial class KubernetesControlPlane : IAsyncDisposable
{
    private const string Script = "tools/kubernetes";

    // The script writes the process ids of etcd, the API server and the others, in this order.
    private const int ApiServer = 1;

    private readonly string _script;
    private readonly string _folder;
    private readonly HttpClient _api;

    private KubernetesControlPlane(string script, string folder)
    {
        _script = script;
        _folder = folder;
        var text = File.ReadAllText(KubeConfig);
        _api = new HttpClient(new HttpClientHandler
            { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator })
        {
            BaseAddress = new Uri(ServerLine().Match(text).Groups[1].Value),
        };
        _api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TokenLine().Match(text).Groups[1].Value);
    }

    public string KubeConfig => Path.Combine(_folder, "kubeconfig");

    /// <summary>Starts one, in about 15 s. A test is skipped where something it needs is missing.</summary>
    public static async Task<KubernetesControlPlane> Start()
    {
        var script = SharedFolder.Require(Script);
        foreach (var program in new[] { "openssl", "curl", "setsid" })
            Requires.Component(ExternalProgram.Exists(program), $"{program} is missing, and {Script} needs it");
        foreach (var program in new[] { "kube", "kwok", "etcd", "helm" }) await KubernetesTools.Unpack(program);

        for (var attempt = 1; ; attempt++)
        {
            var folder = Directory.CreateTempSubdirectory("lepton-kubernetes-").FullName;
            File.CreateSymbolicLink(Path.Combine(folder, "bin"), KubernetesTools.BinFolder);

            // The API server's port, two of etcd and that of the simulated nodes follow one another.
            var port = LoopbackPorts.FreeRow(4);

            // Its output stays unread: the servers inherit it, so it would end only with them.
            var log = Path.Combine(folder, "start.log");
            var started = await ExternalProgram.Run(
                "/bin/sh", ["-c", "\"$1\" start \"$2\" --port \"$3\" >\"$4\" 2>&1", "sh", script, folder, $"{port}", log]);
            if (started.ExitCode == 0)
            {
                OrphanWatch.Start(folder, $"'{script}' stop '{folder}'");
                return new KubernetesControlPlane(script, folder);
            }

            var reason = await File.ReadAllTextAsync(log);
            await Stop(script, folder);

            // Between choosing ports and using them another process may have taken one.
            if (attempt == 3) throw new InvalidOperationException($"{Script} start failed: {reason}");
        }
    }

    /// <summary>
    /// An object, or a list of them, by its path in the API, such as <c>/api/v1/namespaces/x/pods</c>; null where there is none.
    /// </summary>
    public async Task<JsonNode?> Get(string path)
    {
        using var response = await _api.GetAsync(new Uri(path, UriKind.Relative));
        if (response.StatusCode == HttpStatusCode.NotFound) return null;
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonNode>();
    }

    /// <summary>Creates an object in the collection at this path.</summary>
    public async Task Create(string path, JsonNode body)
    {
        using var response = await _api.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"POST {path}: {await response.Content.ReadAsStringAsync()}");
    }

    /// <summary>Ends the API server without notice, and starts it again after a while with what it was started with.</summary>
    public async Task RestartApiServer(Func<Task> whileAway)
    {
        ArgumentNullException.ThrowIfNull(whileAway);
        var file = Path.Combine(_folder, "pids");
        var pids = await File.ReadAllLinesAsync(file);
        var line = await File.ReadAllTextAsync($"/proc/{pids[ApiServer]}/cmdline");
        var arguments = line.Split('\0', StringSplitOptions.RemoveEmptyEntries);
        using (var server = Process.GetProcessById(int.Parse(pids[ApiServer], CultureInfo.InvariantCulture)))
        {
            server.Kill();
            await server.WaitForExitAsync();
        }

        await whileAway();
        var log = Path.Combine(_folder, "apiserver-again.log");
        var started = await ExternalProgram.Run("/bin/sh",
            ["-c", "log=$1; shift; setsid \"$@\" >\"$log\" 2>&1 </dev/null & echo $!", "sh", log, .. arguments]);
        pids[ApiServer] = started.Output.Trim();
        await File.WriteAllLinesAsync(file, pids);
        for (var attempt = 0; attempt < 600; attempt++)
        {
            try
            {
                using var ready = await _api.GetAsync(new Uri("/readyz", UriKind.Relative));
                if (ready.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }

            await Task.Delay(100);
        }

        throw new InvalidOperationException($"the API server does not come back: {await File.ReadAllTextAsync(log)}");
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await Stop(_script, _folder);
    }

    private static async Task Stop(string script, string folder)
    {
        await ExternalProgram.Run(script, ["stop", folder]);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    [GeneratedRegex("server: \"([^\"]+)\"")]
    private static partial Regex ServerLine();

    [GeneratedRegex("token: ([0-9a-f]+)")]
    private static partial Regex TokenLine();
}
