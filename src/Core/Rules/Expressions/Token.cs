namespace B2D.Core.Rules.Expressions;

internal enum TokenKind : byte
{
    End,
    Number,
    Text,
    Name,
    True,
    False,
    In,
    Open,
    Close,
    OpenList,
    CloseList,
    OpenMap,
    CloseMap,
    Comma,
    Dot,
    Question,
    Colon,
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    Divide,
    Remainder,
    Not,
}

/// <summary>One word or sign of an expression, with its place in the text.</summary>
/// <param name="Value">The text of a name, or what a text literal stands for.</param>
internal readonly record struct Token(TokenKind Kind, int Offset, int End, double Number = 0, string Value = "");

/// <summary>Something wrong in an expression, at an offset of its text.</summary>
internal sealed record ExpressionProblem(int Offset, string Message, string Hint, ProblemLevel Level = ProblemLevel.Error);
