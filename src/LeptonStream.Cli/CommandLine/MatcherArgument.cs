using System.CommandLine;
using LeptonStream.Series;

namespace LeptonStream.Cli.CommandLine;

/// <summary>Matchers on a command line.</summary>
internal static class MatcherArgument
{
    public static Argument<Matcher[]> Create(string description, ArgumentArity arity) => new("MATCHER")
    {
        Description = $"{description}: severity=critical, 'model=~\"llama.*\"', metric!=loss",
        Arity = arity,
        CustomParser = result =>
        {
            var read = new List<Matcher>();
            foreach (var token in result.Tokens)
            {
                if (Matcher.TryParse(token.Value, out var matcher, out var error)) read.Add(matcher!);
                else result.AddError(error!);
            }

            return [.. read];
        },
    };
}
