using System.Text;

namespace B2D.Core.Rules.Files;

/// <summary>
/// The rules of one file as nodes. Where the file as a whole is no YAML, every rule is tried by itself, so that one missing quote does not hide
/// the mistakes in the other rules.
/// </summary>
internal static class RuleItems
{
    /// <summary>Largest file: 1 MiB as UTF-8.</summary>
    public const int MaxFileBytes = 1024 * 1024;

    /// <summary>The items of the file's list; everything else is reported.</summary>
    public static IReadOnlyList<SourceNode> Of(RuleFile file, FileProblems problems)
    {
        if (Encoding.UTF8.GetByteCount(file.Text) is var bytes and > MaxFileBytes)
        {
            problems.Error(new SourcePosition(1, 1), $"the file has {bytes} bytes, at most {MaxFileBytes} are allowed", "split it into several files in the same folder");
            return [];
        }
        var text = file.Text.StartsWith('\uFEFF') ? file.Text[1..] : file.Text;
        var documents = YamlTree.Read(new SourceText(text), problems, out var failure);
        return failure is null ? Items(documents, problems) : Piecewise(text, failure, problems);
    }

    private static List<SourceNode> Items(IReadOnlyList<SourceNode> documents, FileProblems problems)
    {
        var items = new List<SourceNode>();
        foreach (var document in documents)
        {
            if (document is ListNode list)
                items.AddRange(list.Items);
            else if (document is not ScalarNode { IsEmpty: true })
                problems.Error(document.Position, "a rule file is a list of rules", "begin every rule with a dash: - fault: pump-error");
        }
        return items;
    }

    private static List<SourceNode> Piecewise(string text, YamlFailure whole, FileProblems problems)
    {
        var items = new List<SourceNode>();
        var failures = 0;
        foreach (var (piece, line) in Pieces(text))
        {
            var documents = YamlTree.Read(new SourceText(piece, line), problems, out var failure);
            if (failure is not null)
            {
                failures++;
                problems.Error(failure.At, failure.Message, failure.Hint);
            }
            else
                items.AddRange(Items(documents, problems));
        }
        if (failures == 0)
            problems.Error(whole.At, whole.Message, whole.Hint);
        return items;
    }

    /// <summary>Cuts a text before every line that begins a list item in the column of the first one.</summary>
    private static IEnumerable<(string Piece, int Line)> Pieces(string text)
    {
        var lines = text.Split('\n');
        var indent = -1;
        var first = -1;
        for (var i = 0; i <= lines.Length; i++)
        {
            var dash = i < lines.Length ? Dash(lines[i]) : -1;
            if (indent < 0)
                indent = dash;
            var isDivider = i == lines.Length || (lines[i].TrimEnd() is "---" or "...");
            if (!isDivider && (dash < 0 || dash != indent))
                continue;
            if (first >= 0)
                yield return (string.Join('\n', lines[first..i]) + "\n", first + 1);
            first = isDivider ? -1 : i;
        }
    }

    /// <summary>The column of a line's leading "- ", or -1.</summary>
    private static int Dash(string line)
    {
        var content = line.TrimStart(' ').TrimEnd('\r');
        return content == "-" || content.StartsWith("- ", StringComparison.Ordinal) ? line.Length - line.TrimStart(' ').Length : -1;
    }
}
