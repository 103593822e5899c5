namespace LeptonStream.Feedback;

/// <summary>The judgement of a person about an alert.</summary>
public enum Verdict
{
    /// <summary><c>false</c>: nothing was wrong.</summary>
    False = 0,

    /// <summary><c>true</c>: something was wrong.</summary>
    True = 1,

    /// <summary><c>normal</c>: something changed and stays; the new level is the usual one from now on.</summary>
    Normal = 2,
}

/// <summary>The names of verdicts.</summary>
public static class Verdicts
{
    /// <summary>All names.</summary>
    public static readonly IReadOnlyList<string> All = [.. Enum.GetValues<Verdict>().Select(NameOf)];

    /// <summary>The name in commands, addresses and records.</summary>
    public static string NameOf(Verdict verdict) => verdict switch
    {
        Verdict.False => "false",
        Verdict.True => "true",
        Verdict.Normal => "normal",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };

    /// <summary>The verdict of a name, or null where there is none of it.</summary>
    public static Verdict? Parse(string? name) =>
        Enum.GetValues<Verdict>().Where(verdict => NameOf(verdict) == name).Select(verdict => (Verdict?)verdict).FirstOrDefault();
}
