using System.Globalization;

namespace B2D.Core.Rules.Expressions;

/// <summary>Cuts an expression into tokens. Stops at the first sign that belongs to no token, with a problem at exactly that place.</summary>
internal sealed class Lexer
{
    /// <summary>CEL's reserved words (language definition, "Syntax"): no metric can be read by such a bare name.</summary>
    private static readonly HashSet<string> Reserved =
    [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "null",
        "return", "var", "void", "while",
    ];

    private readonly string text;
    private readonly List<Token> tokens = [];
    private int at;

    private Lexer(string text) => this.text = text;

    /// <summary>What stopped the reading; null where every sign was understood.</summary>
    public ExpressionProblem? Problem { get; private set; }

    /// <summary>The tokens, always closed by one of kind <see cref="TokenKind.End"/>.</summary>
    public IReadOnlyList<Token> Tokens => tokens;

    /// <summary>Reads a whole expression.</summary>
    public static Lexer Read(string text)
    {
        var lexer = new Lexer(text);
        while (lexer.Problem is null && lexer.SkipBlanks())
            lexer.Next();
        lexer.tokens.Add(new Token(TokenKind.End, text.Length, text.Length));
        return lexer;
    }

    private char Peek(int ahead = 0) => at + ahead < text.Length ? text[at + ahead] : '\0';

    /// <summary>Passes over white space; false at the end.</summary>
    private bool SkipBlanks()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
            at++;
        return at < text.Length;
    }

    private void Next()
    {
        var c = text[at];
        if (c is 'r' or 'R' && Peek(1) is '"' or '\'')
            ReadText(raw: true);
        else if (char.IsAsciiLetter(c) || c == '_')
            ReadName();
        else if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Peek(1))))
            ReadNumber();
        else if (c is '"' or '\'')
            ReadText(raw: false);
        else
            ReadSign(c);
    }

    private void ReadName()
    {
        var start = at;
        while (char.IsAsciiLetterOrDigit(Peek()) || Peek() == '_')
            at++;
        var name = text[start..at];
        if (Reserved.Contains(name))
        {
            Fail(start, $"'{name}' is a reserved word", name == "null" ? "a missing metric makes the condition unknown, there is no null" : $"read a metric of this name as metric(\"{name}\")");
            return;
        }
        var kind = name switch { "true" => TokenKind.True, "false" => TokenKind.False, "in" => TokenKind.In, _ => TokenKind.Name };
        tokens.Add(new Token(kind, start, at, 0, name));
    }

    private void ReadNumber()
    {
        var start = at;
        SkipDigits();
        if (Peek() == '.' && char.IsAsciiDigit(Peek(1)))
        {
            at++;
            SkipDigits();
        }
        if (Peek() is 'e' or 'E' && (char.IsAsciiDigit(Peek(1)) || (Peek(1) is '+' or '-' && char.IsAsciiDigit(Peek(2)))))
        {
            at += 2;
            SkipDigits();
        }
        if (char.IsAsciiLetter(Peek()) || Peek() == '_')
        {
            Fail(at, $"the number {text[start..at]} runs into '{Peek()}'", "write numbers as 95, 95.5 or 9.5e1, without a unit");
            return;
        }
        var value = double.Parse(text.AsSpan(start, at - start), NumberStyles.Float, CultureInfo.InvariantCulture);
        if (double.IsInfinity(value))
            Fail(start, $"the number {text[start..at]} is too large", "the largest is about 1.8e308");
        else
            tokens.Add(new Token(TokenKind.Number, start, at, value));
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(Peek()))
            at++;
    }

    private void ReadText(bool raw)
    {
        var start = at;
        at += raw ? 1 : 0;
        var quote = text[at++];
        var value = new System.Text.StringBuilder();
        while (Peek() != quote)
        {
            if (at >= text.Length || text[at] == '\n')
            {
                Fail(start, $"the text beginning with {text[start..Math.Min(start + 12, text.Length)].TrimEnd()} is not closed",
                    $"close it with {quote}; where it holds ' #' or ': ', put the whole expression in single quotes for YAML");
                return;
            }
            if (raw || text[at] != '\\')
                value.Append(text[at++]);
            else if (!ReadEscape(value))
                return;
        }
        at++;
        tokens.Add(new Token(TokenKind.Text, start, at, 0, value.ToString()));
    }

    /// <summary>CEL's escapes: \\ \" \' \` \? \a \b \f \n \r \t \v, \xHH, \uHHHH, \UHHHHHHHH and three octal digits.</summary>
    private bool ReadEscape(System.Text.StringBuilder value)
    {
        var start = at++;
        var c = Peek();
        at++;
        const string Plain = "\\\"'`?abfnrtv", Means = "\\\"'`?\a\b\f\n\r\t\v";
        var (digits, radix) = c switch { 'x' or 'X' => (2, 16), 'u' => (4, 16), 'U' => (8, 16), >= '0' and <= '3' => (3, 8), _ => (0, 0) };
        if (Plain.IndexOf(c, StringComparison.Ordinal) is var plain and >= 0)
            value.Append(Means[plain]);
        else if (digits > 0 && ReadCode(digits, radix) is int rune && System.Text.Rune.IsValid(rune))
            value.Append(new System.Text.Rune(rune).ToString());
        else
            Fail(start, $"'\\{(c == '\0' ? "" : c)}' is no escape", "use \\\\ for a backslash, or a raw text r\"…\" for a pattern");
        return Problem is null;
    }

    private int? ReadCode(int digits, int radix)
    {
        // An octal escape's first digit was already passed over, it is part of the code.
        var start = radix == 8 ? at - 1 : at;
        var code = 0L;
        for (var i = start; i < start + digits; i++)
        {
            var digit = i < text.Length && char.IsAsciiHexDigit(text[i]) ? Convert.ToInt32(text[i].ToString(), 16) : radix;
            if (digit >= radix)
                return null;
            code = (code * radix) + digit;
        }
        at = start + digits;
        return code <= 0x10FFFF ? (int)code : null;
    }

    private void ReadSign(char c)
    {
        var next = Peek(1);
        var (kind, length) = (c, next) switch
        {
            ('&', '&') => (TokenKind.And, 2),
            ('|', '|') => (TokenKind.Or, 2),
            ('=', '=') => (TokenKind.Equal, 2),
            ('!', '=') => (TokenKind.NotEqual, 2),
            // CEL's comments are left out: in a folded YAML text the lines are one, and the rest of the condition would vanish.
            ('/', '/') => (TokenKind.End, 0),
            ('<', '=') => (TokenKind.LessOrEqual, 2),
            ('>', '=') => (TokenKind.GreaterOrEqual, 2),
            ('<', _) => (TokenKind.Less, 1),
            ('>', _) => (TokenKind.Greater, 1),
            ('!', _) => (TokenKind.Not, 1),
            ('+', _) => (TokenKind.Plus, 1),
            ('-', _) => (TokenKind.Minus, 1),
            ('*', _) => (TokenKind.Times, 1),
            ('/', _) => (TokenKind.Divide, 1),
            ('%', _) => (TokenKind.Remainder, 1),
            ('?', _) => (TokenKind.Question, 1),
            (':', _) => (TokenKind.Colon, 1),
            ('(', _) => (TokenKind.Open, 1),
            (')', _) => (TokenKind.Close, 1),
            ('[', _) => (TokenKind.OpenList, 1),
            (']', _) => (TokenKind.CloseList, 1),
            ('{', _) => (TokenKind.OpenMap, 1),
            ('}', _) => (TokenKind.CloseMap, 1),
            (',', _) => (TokenKind.Comma, 1),
            ('.', _) => (TokenKind.Dot, 1),
            _ => (TokenKind.End, 0),
        };
        if (length == 0)
        {
            Fail(at, $"'{c}' means nothing here", Advice(c));
            return;
        }
        tokens.Add(new Token(kind, at, at + length));
        at += length;
    }

    private static string Advice(char c) => c switch
    {
        '=' => "compare with ==",
        '/' => "comments are YAML's, with # on a line of its own before the key",
        '&' => "write && for and",
        '|' => "write || for or",
        '“' or '”' or '„' or '‘' or '’' => "use straight quotes, \" or '",
        _ => "names are letters, digits and _, joined by dots; any other metric name is read as metric(\"…\")",
    };

    private void Fail(int offset, string message, string hint) => Problem = new ExpressionProblem(offset, message, hint);
}
