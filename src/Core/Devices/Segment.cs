namespace B2D.Core.Devices;

/// <summary>A path in the service topology, <c>north/n12/cab-7</c>; empty where a device hangs on none. At most 16 levels and 256 characters.</summary>
public readonly record struct Segment
{
    /// <summary>Longest path, in characters.</summary>
    public const int MaxLength = 256;

    /// <summary>Deepest path, in levels.</summary>
    public const int MaxLevels = 16;

    /// <summary>No segment.</summary>
    public static readonly Segment None;

    private readonly string? path;

    private Segment(string path) => this.path = path;

    /// <summary>The path, levels joined by '/'; empty for none.</summary>
    public string Path => path ?? "";

    /// <summary>True where a device hangs on no segment.</summary>
    public bool IsNone => Path.Length == 0;

    /// <summary>The first level of the path, the root that one correlator owns; empty for none.</summary>
    public string Root => Path.IndexOf('/', StringComparison.Ordinal) is var i and >= 0 ? Path[..i] : Path;

    /// <summary>Reads a path; null and empty mean none.</summary>
    /// <exception cref="FormatException">The text is no path; the message says why.</exception>
    public static Segment Parse(string? text) => TryParse(text, out var segment, out var error) ? segment : throw new FormatException(error);

    /// <summary>Reads a path; when it returns false, <paramref name="error"/> says what is wrong.</summary>
    public static bool TryParse(string? text, out Segment segment, out string error)
    {
        segment = None;
        error = "";
        if (string.IsNullOrEmpty(text))
            return true;
        var levels = text.Split('/');
        if (text.Length > MaxLength)
            error = $"a segment has {text.Length} characters, at most {MaxLength} are allowed";
        else if (levels.Length > MaxLevels)
            error = $"a segment has {levels.Length} levels, at most {MaxLevels} are allowed";
        else if (levels.Any(string.IsNullOrWhiteSpace))
            error = $"segment '{text}' has an empty level; write it as region/node/cabinet without a slash at either end";
        if (error.Length > 0)
            return false;
        segment = new Segment(text);
        return true;
    }

    /// <summary>This path and every one above it, deepest first; nothing for none.</summary>
    public IEnumerable<Segment> SelfAndAncestors()
    {
        for (var p = Path; p.Length > 0; p = p.LastIndexOf('/') is var i and > 0 ? p[..i] : "")
            yield return new Segment(p);
    }

    /// <summary>True where <paramref name="other"/> is this segment or lies below it.</summary>
    public bool Contains(Segment other) =>
        !IsNone && (other.Path == Path || other.Path.StartsWith(Path + "/", StringComparison.Ordinal));

    public override string ToString() => Path;
}
