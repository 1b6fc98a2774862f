namespace B2D.Core.Rules.Expressions;

/// <summary>What an expression gives. No metric and no parameter is a duration.</summary>
internal enum ExpressionType : byte { Number = 1, Bool = 2, Text = 3, Duration = 4 }

/// <summary>
/// The type of a term while it is being found out. A metric has no declared type, so its variable starts open and is bound by its first use
/// with a known type; all reads of one metric share one variable, and comparing two metrics links theirs.
/// </summary>
internal sealed class TypeVariable
{
    private TypeVariable? link;
    private ExpressionType? known;
    private ExpressionNode? because;
    private bool failed;

    /// <summary>A variable bound from the start.</summary>
    public static TypeVariable Of(ExpressionType type) => new() { known = type };

    /// <summary>The type of a term already reported as wrong: fits everything, so that one mistake is reported once.</summary>
    public static TypeVariable Failed() => new() { failed = true };

    /// <summary>The type, or null while it is open.</summary>
    public ExpressionType? Type => Root.known;

    /// <summary>The term whose reading bound the type; null for literals and declared values.</summary>
    public ExpressionNode? Because => Root.because;

    /// <summary>True where the term was already reported.</summary>
    public bool IsFailed => Root.failed;

    private TypeVariable Root
    {
        get
        {
            var root = this;
            while (root.link is { } next)
                root = next;
            return root;
        }
    }

    /// <summary>Makes both one type; false where they are known and differ.</summary>
    public bool Unify(TypeVariable other, ExpressionNode why)
    {
        var (a, b) = (Root, other.Root);
        if (ReferenceEquals(a, b) || a.failed || b.failed)
            return true;
        if (a.known is { } x && b.known is { } y)
            return x == y;
        var (open, bound) = a.known is null ? (a, b) : (b, a);
        open.link = bound;
        if (bound.known is not null)
            bound.because ??= why;
        return true;
    }

    /// <summary>Binds an open variable, or says whether the bound one is of this type.</summary>
    public bool Is(ExpressionType type, ExpressionNode why)
    {
        var root = Root;
        if (root.failed)
            return true;
        if (root.known is { } known)
            return known == type;
        root.known = type;
        root.because = why;
        return true;
    }
}
