using System.CommandLine;
using LeptonStream.Cli.CommandLine;

namespace LeptonStream.Cli.Info;

/// <summary><c>lepton completion SHELL</c>: the few lines by which a shell asks the program itself what can come next.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # lepton completion bash
        _lepton() {
          local IFS=$'\n'
          COMPREPLY=($(compgen -W "$(lepton "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _lepton lepton
        """;

    private const string Zsh = """
        #compdef lepton
        # lepton completion zsh
        _lepton() {
          local -a found
          found=("${(@f)$(lepton "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
          compadd -a found || _files
        }
        compdef _lepton lepton
        """;

    private const string Fish = """
        # lepton completion fish
        complete -c lepton -a '(set -l line (commandline -cp); lepton "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null)'
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print a script that lets the shell complete commands and options") { shell }.WithExamples(
            ("source <(lepton completion bash)", "for this shell; in ~/.bashrc for every one (zsh likewise, in ~/.zshrc after compinit)"),
            ("lepton completion fish > ~/.config/fish/completions/lepton.fish", "for fish"));
        command.SetAction(parsed =>
        {
            Console.Out.WriteLine(parsed.GetRequiredValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish });
            return ExitCode.Sound;
        });
        return command;
    }
}
