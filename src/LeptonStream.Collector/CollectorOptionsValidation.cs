using System.Security.Cryptography;
using LeptonStream.Collector.Http;
using LeptonStream.Collector.Mapping;
using Microsoft.Extensions.Options;

namespace LeptonStream.Collector;

internal sealed class CollectorOptionsValidation : IValidateOptions<CollectorOptions>
{
    public ValidateOptionsResult Validate(string? name, CollectorOptions options)
    {
        List<string> wrong = [];
        if (string.IsNullOrWhiteSpace(options.GroupId))
            wrong.Add("Collector:GroupId is empty: all collectors of one installation need the same name here");
        foreach (var (setting, url) in new[] { ("HttpUrl", options.HttpUrl), ("GrpcUrl", options.GrpcUrl) })
        {
            if (ListenAddress.Of(url, out var reason) is null) wrong.Add($"Collector:{setting} is '{url}': {reason}");
            else if (url.StartsWith("https:", StringComparison.OrdinalIgnoreCase) && options.CertificateFile is not { Length: > 0 })
                wrong.Add($"Collector:{setting} is '{url}': https needs Collector:CertificateFile and Collector:CertificateKeyFile");
        }

        CheckTls(options, wrong);
        if (options.TokensFile is { Length: > 0 } tokens && LeptonStream.Access.TokensFile.Of(tokens, out var errors) is null)
            wrong.AddRange(errors.Select(error => $"Collector:TokensFile {error}"));
        CheckRegistry(options, wrong);
        if (options.ConfigFile is { Length: > 0 } file && CollectorFile.Read(file, out var unsound) is null)
            wrong.AddRange(unsound.Select(error => $"Collector:ConfigFile {error}"));
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static void CheckRegistry(CollectorOptions options, List<string> wrong)
    {
        foreach (var url in options.SchemaRegistryUrl?.Split(',', StringSplitOptions.TrimEntries) ?? [])
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
                wrong.Add($"Collector:SchemaRegistryUrl has '{url}': write http://host:port or https://host:port, several with commas");
            else if (address.UserInfo.Length > 0)
                wrong.Add("Collector:SchemaRegistryUrl holds a password: name a file with it in Collector:SchemaRegistryUserFile");
        }

        if (options.SchemaRegistryUserFile is not { Length: > 0 } file) return;
        if (options.SchemaRegistryUrl is not { Length: > 0 })
            wrong.Add("Collector:SchemaRegistryUserFile is set without Collector:SchemaRegistryUrl");
        if (!File.Exists(file)) wrong.Add($"Collector:SchemaRegistryUserFile is '{file}': there is no such file");
    }

    private static void CheckTls(CollectorOptions options, List<string> wrong)
    {
        var hasCertificate = options.CertificateFile is { Length: > 0 };
        if (hasCertificate != options.CertificateKeyFile is { Length: > 0 })
            wrong.Add("Collector:CertificateFile and Collector:CertificateKeyFile belong together: set both or none");
        if (options.ClientCaFile is { Length: > 0 } && !hasCertificate)
            wrong.Add("Collector:ClientCaFile is set without Collector:CertificateFile: client certificates need https");
        foreach (var (setting, path) in new[] { ("CertificateFile", options.CertificateFile),
            ("CertificateKeyFile", options.CertificateKeyFile), ("ClientCaFile", options.ClientCaFile) })
        {
            if (path is { Length: > 0 } && !File.Exists(path)) wrong.Add($"Collector:{setting} is '{path}': there is no such file");
        }

        if (wrong.Count > 0 || !hasCertificate) return;
        try
        {
            TlsMaterial.Read(options);
        }
        catch (CryptographicException unusable)
        {
            wrong.Add(unusable.Message);
        }
    }
}
