using System.Text.Json;

namespace B2D.Core.Devices;

/// <summary>One row of an import: the texts by column; a column that the file does not have is missing, an empty one is empty.</summary>
internal readonly struct ImportCells(int line, IReadOnlyList<ImportField> fields, string?[] texts)
{
    public int Line { get; } = line;

    public string? this[string column]
    {
        get
        {
            for (var i = 0; i < texts.Length; i++)
            {
                if (fields[i].Name == column)
                    return texts[i];
            }
            return null;
        }
    }
}

/// <summary>
/// Reads rows whose columns are known, from CSV with a header or from JSON, and checks each field by itself: names of columns, limits, content, and that no
/// id comes twice.
/// The first column is the id and the only one that must be there.
/// </summary>
internal sealed class ImportTable(string kind, IReadOnlyList<ImportField> fields)
{
    /// <summary>Most rows of one import.</summary>
    public const int MaxRows = 100_000;

    private readonly string key = fields[0].Name;
    private readonly List<ImportProblem> problems = [];
    private readonly List<ImportCells> rows = [];
    private readonly Dictionary<string, int> lineOfId = new(StringComparer.Ordinal);

    /// <summary>The rows that are good by themselves; <see cref="Problems"/> says what is wrong with the others.</summary>
    public IReadOnlyList<ImportCells> Rows => rows;

    public IReadOnlyList<ImportProblem> Problems => problems;

    private string Columns => string.Join(",", fields.Select(f => f.Name));

    public ImportTable ReadCsv(string text)
    {
        var csv = new ImportCsv(text);
        if (csv.Next() is not { } header)
        {
            Bad(1, "", "the file is empty", $"begin with a header line: {Columns}");
            return this;
        }
        if (header.Problem is { } broken)
            problems.Add(broken);
        var columns = header.Problem is null ? Header(header.Line, header.Fields) : null;
        while (csv.Next() is { } record)
        {
            if (TooMany(record.Line))
                break;
            if (record.Problem is { } problem)
                problems.Add(problem);
            else if (columns is not null)
                CsvRow(record.Line, columns, record.Fields);
        }
        return this;
    }

    /// <summary>An array of objects, or one object; the names are the columns', the values texts (null is an empty one).</summary>
    public ImportTable ReadJson(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var line = 0;
            foreach (var element in root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().AsEnumerable() : [root])
            {
                if (TooMany(++line))
                    break;
                if (element.ValueKind == JsonValueKind.Object)
                    JsonRow(line, element);
                else
                    Bad(line, "", $"a {kind} must be an object, this is {Describe(element)}", $"write {{\"{key}\": \"…\", …}}");
            }
        }
        catch (JsonException e)
        {
            Bad((int)(e.LineNumber ?? 0) + 1, "", "this is not JSON", e.Message);
        }
        return this;
    }

    private static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a boolean",
    };

    private ImportField?[]? Header(int line, List<string> names)
    {
        var found = new ImportField?[names.Count];
        var good = true;
        for (var i = 0; i < names.Count; i++)
        {
            var name = names[i].Trim();
            found[i] = fields.FirstOrDefault(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (found[i] is null)
                UnknownColumn(line, name);
            else if (Array.IndexOf(found, found[i]) < i)
                Bad(line, name, "the column is there twice", "remove one of them");
            else
                continue;
            good = false;
        }
        if (good && !found.Any(f => f!.Name == key))
        {
            Bad(line, key, $"the header has no column {key}", $"begin with a header line: {Columns}");
            good = false;
        }
        return good ? found : null;
    }

    private void UnknownColumn(int line, string name)
    {
        var nearest = ImportNames.Nearest(name, fields.Select(f => f.Name));
        var hint = nearest is not null ? $"did you mean {nearest}?"
            : name.Contains(';', StringComparison.Ordinal) || name.Contains('\t', StringComparison.Ordinal) ? "separate the columns with commas"
            : $"the columns are {Columns}";
        Bad(line, name, name.Length == 0 ? "a column has no name" : $"a {kind} has no column '{name}'", hint);
    }

    private void CsvRow(int line, ImportField?[] columns, List<string> texts)
    {
        if (texts.Count != columns.Length)
        {
            Bad(line, "", $"the row has {texts.Count} fields, the header {columns.Length}", "write every comma; put a field with a comma in quotes");
            return;
        }
        var cells = new string?[fields.Count];
        var good = true;
        for (var i = 0; i < texts.Count; i++)
            good &= Cell(line, IndexOf(columns[i]!), texts[i], cells);
        Row(line, cells, good);
    }

    private void JsonRow(int line, JsonElement element)
    {
        var cells = new string?[fields.Count];
        var good = true;
        foreach (var property in element.EnumerateObject())
        {
            var field = IndexOf(fields.FirstOrDefault(f => f.Name == property.Name));
            if (field < 0)
                UnknownColumn(line, property.Name);
            else if (cells[field] is not null)
                Bad(line, fields[field].Name, "the name is there twice", "remove one of them");
            else if (property.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
                Bad(line, fields[field].Name, $"must be a text, this is {Describe(property.Value)}", "put it in quotes");
            else if (Cell(line, field, property.Value.GetString() ?? "", cells))
                continue;
            good = false;
        }
        Row(line, cells, good);
    }

    private int IndexOf(ImportField? field)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            if (ReferenceEquals(fields[i], field))
                return i;
        }
        return -1;
    }

    private bool Cell(int line, int index, string text, string?[] cells)
    {
        var field = fields[index];
        var value = field.Verbatim ? text : text.Trim();
        cells[index] = value;
        if (value.Length == 0 || field.Problem(value) is not { } problem)
            return true;
        Bad(line, field.Name, problem.Message, problem.Hint);
        return false;
    }

    private void Row(int line, string?[] cells, bool good)
    {
        var id = cells[0] ?? "";
        if (id.Length == 0)
        {
            Bad(line, key, "the id is missing", "give every row an id");
            return;
        }
        if (!lineOfId.TryAdd(id, line))
        {
            Bad(line, key, $"'{id}' is on line {lineOfId[id]} already", "keep one of the two");
            return;
        }
        if (good)
            rows.Add(new ImportCells(line, fields, cells));
    }

    private bool TooMany(int line)
    {
        if (lineOfId.Count < MaxRows)
            return false;
        Bad(line, "", $"there are more than {MaxRows} rows", "split the file");
        return true;
    }

    private void Bad(int line, string column, string message, string hint) => problems.Add(new ImportProblem(line, column, message, hint));
}
