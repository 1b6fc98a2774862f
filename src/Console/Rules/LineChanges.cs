namespace B2D.Console.Rules;

/// <summary>A line of a text that was changed.</summary>
/// <param name="Mark"><c>+</c> new, <c>-</c> gone, a blank: as it was.</param>
/// <param name="Number">Of the line in the text that has it, from 1; of one that is gone, in the old text.</param>
public readonly record struct ChangedLine(char Mark, int Number, string Text);

/// <summary>What became of a text, line by line.</summary>
public static class LineChanges
{
    /// <summary>Lines before and after a change that are shown with it.</summary>
    private const int Around = 3;

    /// <summary>Pairs of lines that are compared, 4 million; texts that differ in more are shown as replaced.</summary>
    private const long MostPairs = 4_000_000;

    /// <summary>The changes with the lines around them; empty where there are none. Between two parts of the text stands a line with the number 0.</summary>
    public static IReadOnlyList<ChangedLine> Between(string before, string after)
    {
        var all = All(Lines(before), Lines(after));
        var near = new bool[all.Count];
        for (var i = 0; i < all.Count; i++)
        {
            for (var j = Math.Max(0, i - Around); all[i].Mark != ' ' && j < Math.Min(all.Count, i + Around + 1); j++)
                near[j] = true;
        }
        var shown = new List<ChangedLine>();
        for (var i = 0; i < all.Count; i++)
        {
            if (near[i] && i > 0 && !near[i - 1] && shown.Count > 0)
                shown.Add(new ChangedLine(' ', 0, ""));
            if (near[i])
                shown.Add(all[i]);
        }
        return shown;
    }

    private static string[] Lines(string text) => text.Length == 0 ? [] : text.TrimEnd('\n').Split('\n');

    private static List<ChangedLine> All(string[] before, string[] after)
    {
        var start = 0;
        while (start < before.Length && start < after.Length && before[start] == after[start])
            start++;
        var end = 0;
        while (end < before.Length - start && end < after.Length - start && before[^(end + 1)] == after[^(end + 1)])
            end++;
        var lines = after.Take(start).Select((text, i) => new ChangedLine(' ', i + 1, text)).ToList();
        Middle(before, after, start, before.Length - end, after.Length - end, lines);
        lines.AddRange(after.Skip(after.Length - end).Select((text, i) => new ChangedLine(' ', after.Length - end + i + 1, text)));
        return lines;
    }

    /// <summary>The longest common subsequence of the lines between.</summary>
    private static void Middle(string[] before, string[] after, int start, int beforeEnd, int afterEnd, List<ChangedLine> lines)
    {
        var (rows, columns) = (beforeEnd - start, afterEnd - start);
        var common = (long)rows * columns <= MostPairs ? new int[rows + 1, columns + 1] : null;
        for (var i = rows - 1; common is not null && i >= 0; i--)
        {
            for (var j = columns - 1; j >= 0; j--)
                common[i, j] = before[start + i] == after[start + j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        }
        var (row, column) = (0, 0);
        while (row < rows || column < columns)
        {
            if (common is not null && row < rows && column < columns && before[start + row] == after[start + column])
            {
                lines.Add(new ChangedLine(' ', start + column + 1, after[start + column]));
                (row, column) = (row + 1, column + 1);
                continue;
            }
            var gone = row < rows && (column == columns || common is null || common[row + 1, column] >= common[row, column + 1]);
            lines.Add(gone ? new ChangedLine('-', start + row + 1, before[start + row++]) : new ChangedLine('+', start + column + 1, after[start + column++]));
        }
    }
}
