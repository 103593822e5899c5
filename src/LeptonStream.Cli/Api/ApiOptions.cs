namespace LeptonStream.Cli.Api;

/// <summary>Settings of the tools that ask a dashboard; section <c>Api</c>.</summary>
public sealed class ApiOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Api";

    /// <summary>Address of the dashboard, whose API the tools use.</summary>
    public string Url { get; set; } = "http://127.0.0.1:8080";

    /// <summary>
    /// The token to sign in with; not set: as anybody. Set it in the environment (LEPTON_Api__Token), never on a command line.
    /// </summary>
    public string? Token { get; set; }

    /// <summary>A file that holds the token and nothing else.</summary>
    public string? TokenFile { get; set; }
}
