using System.Globalization;

namespace B2D.Core.Cases;

/// <summary>What a case can be linked to, by its kind and number.</summary>
public static class CaseSubject
{
    /// <summary>Kinds as subjects have them, each with the letter of the references that customers read.</summary>
    private static readonly (string Kind, char Letter)[] Kinds = [("case", 'C'), ("outage", 'O'), ("defect", 'D')];

    /// <summary>Reads <c>outage:3</c>, <c>O-3</c> or a case's <c>#12</c>; null where it is none of these.</summary>
    public static string? Read(string? text)
    {
        var trimmed = (text ?? "").Trim();
        foreach (var (kind, letter) in Kinds)
        {
            foreach (var head in new[] { kind + ":", letter + "-", kind == "case" ? "#" : kind + ":" })
            {
                if (trimmed.StartsWith(head, StringComparison.OrdinalIgnoreCase) && long.TryParse(trimmed.AsSpan(head.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0)
                    return string.Create(CultureInfo.InvariantCulture, $"{kind}:{id}");
            }
        }
        return null;
    }

    /// <summary>The number of a subject; 0 where it is of another kind.</summary>
    public static long Number(string subject, string kind) =>
        subject.StartsWith(kind + ":", StringComparison.Ordinal) && long.TryParse(subject.AsSpan(kind.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;
}
