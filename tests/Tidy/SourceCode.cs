using System.Text;

namespace B2D.Tidy;

/// <summary>
/// Blanks comments and literals out of C#, keeping every line and column. Code in the holes of interpolated strings stays. Knows ordinary, verbatim,
/// raw and interpolated strings and character literals; preprocessor lines are kept.
/// </summary>
internal sealed class SourceCode
{
    private readonly string text;
    private readonly StringBuilder code;
    private int at;

    private SourceCode(string text) => (this.text, code) = (text, new StringBuilder(text.Length));

    public static string Of(string text)
    {
        var reader = new SourceCode(text);
        while (reader.at < text.Length)
            reader.Next();
        return reader.code.ToString();
    }

    private bool Sees(string what) => string.CompareOrdinal(text, at, what, 0, what.Length) == 0;

    private void Keep(int count = 1)
    {
        for (; count > 0 && at < text.Length; count--)
            code.Append(text[at++]);
    }

    private void Blank(int count = 1)
    {
        for (; count > 0 && at < text.Length; count--)
            code.Append(text[at++] is '\n' ? '\n' : ' ');
    }

    private void Next()
    {
        if (Sees("//"))
            BlankUntil("\n", 0);
        else if (Sees("/*"))
            BlankUntil("*/", 2);
        else if (text[at] == '\'')
            Character();
        else if (text[at] is '"' or '$' or '@' && Opening() is { } opening)
            Literal(opening);
        else
            Keep();
    }

    private void BlankUntil(string end, int more)
    {
        var stop = text.IndexOf(end, at, StringComparison.Ordinal);
        Blank((stop < 0 ? text.Length : stop + more) - at);
    }

    private void Character()
    {
        Blank();
        while (at < text.Length && text[at] is not ('\'' or '\n'))
            Blank(text[at] == '\\' ? 2 : 1);
        Blank();
    }

    /// <summary>How a string begins here: its signs <c>$</c> and <c>@</c> and how many quotes; null where none begins.</summary>
    private (int Dollars, bool Verbatim, int Quotes, int Length)? Opening()
    {
        var (i, dollars, verbatim) = (at, 0, false);
        for (; i < text.Length && text[i] is '$' or '@'; i++)
        {
            dollars += text[i] == '$' ? 1 : 0;
            verbatim |= text[i] == '@';
        }
        var quotes = 0;
        while (i + quotes < text.Length && text[i + quotes] == '"')
            quotes++;
        if (quotes == 0)
            return null;
        // Two quotes are an empty string; three and more open a raw one.
        var raw = quotes >= 3 && !verbatim;
        return (dollars, verbatim, raw ? quotes : 1, i - at + (raw ? quotes : 1));
    }

    private void Literal((int Dollars, bool Verbatim, int Quotes, int Length) opening)
    {
        Blank(opening.Length);
        var raw = opening.Quotes >= 3;
        var close = new string('"', opening.Quotes);
        var braces = raw ? Math.Max(1, opening.Dollars) : 1;
        while (at < text.Length)
        {
            if (!raw && opening.Verbatim && Sees("\"\""))
                Blank(2);
            else if (Sees(close))
            {
                Blank(close.Length);
                return;
            }
            else if (!raw && !opening.Verbatim && text[at] == '\\')
                Blank(2);
            else if (!raw && opening.Dollars > 0 && (Sees("{{") || Sees("}}")))
                Blank(2);
            else if (opening.Dollars > 0 && Sees(new string('{', braces)))
                Hole(braces);
            else
                Blank();
        }
    }

    private void Hole(int braces)
    {
        Blank(braces);
        for (var depth = 0; at < text.Length;)
        {
            if (depth == 0 && text[at] == '}')
            {
                Blank(braces);
                return;
            }
            depth += text[at] is '{' or '(' or '[' ? 1 : text[at] is '}' or ')' or ']' ? -1 : 0;
            Next();
        }
    }
}
