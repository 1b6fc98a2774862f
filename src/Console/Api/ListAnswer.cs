namespace B2D.Console.Api;

/// <summary>A part of a list. <paramref name="Next"/>: the cursor of the part after it; null at the end.</summary>
internal sealed record ListAnswer<T>(IReadOnlyList<T> Items, string? Next);
