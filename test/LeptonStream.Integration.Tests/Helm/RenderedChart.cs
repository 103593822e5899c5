using System.Text.Json.Nodes;

namespace LeptonStream.Integration.Tests.Helm;

/// <summary>The objects of one rendering.</summary>
internal sealed record RenderedChart(IReadOnlyList<JsonNode> Objects)
{
    /// <summary>The pods that the objects lead to, hooks included.</summary>
    public IReadOnlyList<RenderedPod> Pods { get; } =
        [.. Objects.Where(o => o.Text("kind") is "Deployment" or "StatefulSet" or "Job" or "Pod").Select(RenderedPod.Of)];

    public IReadOnlyList<JsonNode> Deployments => [.. All("Deployment")];

    public static RenderedChart Parse(string text) => new(Yaml.ReadAll(text));

    public IEnumerable<JsonNode> All(string kind) => Objects.Where(o => o.Text("kind") == kind);

    /// <summary>The one object of this kind whose component (or name) is this.</summary>
    public JsonNode One(string kind, string component) =>
        All(kind).Single(o =>
            o.Text("metadata", "labels", "app.kubernetes.io/component") == component || o.Text("metadata", "name") == component);

    public RenderedPod Pod(string component) => Pods.Single(pod => pod.Component == component);

    /// <summary>The settings file that the release's pods read.</summary>
    public JsonNode Settings => JsonNode.Parse(One("ConfigMap", "settings").Text("data", "appsettings.json")!)!;

    /// <summary>The components whose pods another rendering would replace.</summary>
    public string[] RestartedBy(RenderedChart after) =>
        [.. from pod in Pods
            where pod.Owner.Text("kind") is "Deployment" or "StatefulSet"
                && !JsonNode.DeepEquals(pod.Owner.At("spec", "template"), after.Pod(pod.Component).Owner.At("spec", "template"))
            select pod.Component];
}

/// <summary>A pod, whatever makes it.</summary>
internal sealed record RenderedPod(string Component, JsonNode Owner,
    IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations, JsonNode Spec)
{
    public JsonNode Container => Spec.Items("containers").First();

    public IReadOnlyList<string> Arguments => [.. Container.Items("args").Select(argument => argument.ToString())];

    public IReadOnlyDictionary<string, JsonNode> Environment => Container.Items("env").ToDictionary(variable => variable.Text("name")!);

    /// <summary>The files of its settings folder, each with the ConfigMap or Secret it comes from.</summary>
    public IReadOnlyDictionary<string, string> Files =>
        (from source in Spec.Items("volumes").Single(volume => volume.Text("name") == "settings").Items("projected", "sources")
         from kind in new[] { "configMap", "secret" }
         from item in source.Items(kind, "items")
         select (Path: item.Text("path")!, Origin: $"{kind} {source.Text(kind, "name")}/{item.Text("key")}"))
             .ToDictionary(file => file.Path, file => file.Origin);

    public static RenderedPod Of(JsonNode owner)
    {
        var template = owner.Text("kind") == "Pod" ? owner : owner.At("spec", "template")!;
        return new RenderedPod(
            owner.Text("metadata", "labels", "app.kubernetes.io/component")!, owner,
            template.Map("metadata", "labels"), template.Map("metadata", "annotations"), template.At("spec")!);
    }

    public override string ToString() => Component;
}
