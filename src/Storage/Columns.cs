using System.Reflection;
using System.Text;

namespace B2D.Storage;

/// <summary>Column lists of a row record, made from its properties once, so that a list can neither miss a column nor be out of step with another.</summary>
internal static class Columns<T>
{
    private static readonly string[] Names =
        [.. typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite).Select(p => p.Name)];

    /// <summary><c>id, opened_at, …</c></summary>
    public static readonly string All = string.Join(", ", Names.Select(Snake));

    /// <summary><c>@Id, @OpenedAt, …</c></summary>
    public static readonly string Values = string.Join(", ", Names.Select(n => "@" + n));

    /// <summary>As <see cref="All"/>, without the number that the database gives (<c>id</c> or <c>seq</c>).</summary>
    public static readonly string New = string.Join(", ", Unnumbered().Select(Snake));

    /// <summary>The values of <see cref="New"/>.</summary>
    public static readonly string NewValues = string.Join(", ", Unnumbered().Select(n => "@" + n));

    /// <summary><c>opened_at = @OpenedAt, …</c> without the number, and without <c>version</c>, which the update itself raises.</summary>
    public static readonly string Assignments = string.Join(", ", Unnumbered().Where(n => n != "Version").Select(n => $"{Snake(n)} = @{n}"));

    private static IEnumerable<string> Unnumbered() => Names.Where(n => n is not ("Id" or "Seq"));

    private static string Snake(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var c in name)
        {
            if (char.IsUpper(c) && text.Length > 0)
                text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }
}
