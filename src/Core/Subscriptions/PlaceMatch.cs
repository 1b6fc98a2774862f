using System.Collections.Immutable;
using B2D.Core.Search;

namespace B2D.Core.Subscriptions;

/// <summary>Compares places in people's words: <c>Porto</c> is meant by <c>Bonfim, Porto</c> too.</summary>
public static class PlaceMatch
{
    /// <summary>A place as it is compared: small letters without accents, one blank between words.</summary>
    public static string Fold(string place) =>
        string.Join(' ', SearchWords.Fold(place).Split((char[])[' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries)).Trim(' ', ',', ';');

    /// <summary>Everything by which a place can be meant: the whole of it, and each part between commas.</summary>
    public static ImmutableArray<string> Keys(string place) =>
        [.. place.Split((char[])[',', ';']).Select(Fold).Prepend(Fold(place)).Where(k => k.Length > 0).Distinct(StringComparer.Ordinal)];

    /// <summary>Whether <paramref name="wanted"/> means <paramref name="place"/>.</summary>
    public static bool Is(string wanted, string place) => Keys(place).Contains(Fold(wanted), StringComparer.Ordinal);
}
