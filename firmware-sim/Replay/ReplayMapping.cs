using System.Text.RegularExpressions;
using B2D.FirmwareSim.Signals;

namespace B2D.FirmwareSim.Replay;

/// <summary>One mistake in a mapping file or in the data it maps.</summary>
/// <param name="File">File as it was named.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1; 0 where a line of data is meant as a whole.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Hint">What to do about it; may be empty.</param>
public sealed record ReplayError(string File, int Line, int Column, string Message, string Hint)
{
    /// <summary><c>file:line:column: message (hint)</c></summary>
    public override string ToString() => $"{File}:{Line}{(Column > 0 ? $":{Column}" : "")}: {Message}{(Hint.Length > 0 ? $" ({Hint})" : "")}";
}

/// <summary>A replay cannot be done; all mistakes that were found.</summary>
public sealed class ReplayException : Exception
{
    /// <summary>An unexplained failure.</summary>
    public ReplayException()
    {
    }

    /// <summary>A failure that has no place in a file.</summary>
    public ReplayException(string message)
        : base(message)
    {
    }

    /// <summary>A failure and its cause.</summary>
    public ReplayException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Mistakes in files.</summary>
    public ReplayException(IReadOnlyList<ReplayError> errors)
        : base(string.Join(Environment.NewLine, errors))
    {
        Errors = errors;
    }

    /// <summary>The mistakes; empty where the message says it all.</summary>
    public IReadOnlyList<ReplayError> Errors { get; } = [];

    /// <summary>Nothing is wrong with the files: the server was away too long.</summary>
    public bool IsServerAway { get; init; }
}

/// <summary>A place in the mapping file, for errors that only show in the data.</summary>
internal readonly record struct Place(int Line, int Column);

/// <summary>A column of the data and where the mapping names it.</summary>
internal sealed record ColumnName(string Name, Place Place);

/// <summary>How recorded files become devices, metrics, events and times.</summary>
internal sealed record ReplayMapping(string File, string Name, string? Credentials, IReadOnlyList<SourceMapping> Sources);

/// <summary>One recorded file, or with <c>*</c> in its name every file that it fits.</summary>
internal sealed record SourceMapping(string File, Place Place, DeviceMapping Device, TimeMapping Time)
{
    public IReadOnlyList<RowFilter> Where { get; init; } = [];

    public IReadOnlyList<MetricMapping> Metrics { get; init; } = [];

    public IReadOnlyList<DerivedMetric> Derived { get; init; } = [];

    public EventMapping? Event { get; init; }

    /// <summary>Send a reading only if a value differs from the last one sent.</summary>
    public bool OnlyChanges { get; init; }

    /// <summary>With <see cref="OnlyChanges"/>: send an unchanged one after that long anyway; null is never.</summary>
    public TimeSpan? AtLeastEvery { get; init; }
}

/// <summary>Text with <c>{column}</c> in it. Where the data have no column of that name, <c>{file}</c> is the name of the file.</summary>
internal sealed record Template(IReadOnlyList<(string Literal, ColumnName? Column)> Parts)
{
    /// <summary>What stands for the name of the file, without folder and .csv.</summary>
    public const string FileName = "file";
}

internal sealed record DeviceMapping(Template Template, IReadOnlyList<(string From, string To)> Replace, Place Place);

internal sealed record TimeMapping(ColumnName Column, string Format);

internal sealed record EventMapping(Template Code, Template State);

internal sealed record MetricMapping(string Name, ColumnName Column, MetricKind Kind, IReadOnlyDictionary<string, string> Values);

/// <summary>What is computed from a row and the one before it of the same device and file.</summary>
internal enum Derivation
{
    /// <summary>Difference to the row before.</summary>
    Delta,

    /// <summary>Difference per second.</summary>
    Rate,

    /// <summary>Some of the counters rose since the row before.</summary>
    Moving,

    /// <summary>Some of the counters ever rose in this recording.</summary>
    Moved,
}

internal sealed record DerivedMetric(string Name, Derivation Derivation, IReadOnlyList<ColumnName> Columns);

/// <summary>A condition every row has to meet. Exactly one of the four tests is set.</summary>
internal sealed record RowFilter(ColumnName Column)
{
    public string? Is { get; init; }

    public string? IsNot { get; init; }

    public Regex? Matches { get; init; }

    public bool? Empty { get; init; }

    public bool Keeps(string cell) =>
        Is is not null ? cell == Is
        : IsNot is not null ? cell != IsNot
        : Matches is not null ? Matches.IsMatch(cell)
        : Empty == (cell.Length == 0);
}
