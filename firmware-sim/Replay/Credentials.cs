namespace B2D.FirmwareSim.Replay;

/// <summary>Passwords by device id, from a file in the columns of the product's import: <c>id</c> and <c>password</c> are needed, others are ignored.</summary>
public static class Credentials
{
    /// <exception cref="ReplayException">The file is missing, has not these columns, or a row is malformed.</exception>
    public static IReadOnlyDictionary<string, string> Read(string path)
    {
        if (!File.Exists(path)) throw new ReplayException($"There is no devices file {path}. Name one with --credentials.");
        using var csv = CsvRows.Open(path, path);
        var header = csv.Read() ?? [];
        var id = Array.IndexOf(header, "id");
        var password = Array.IndexOf(header, "password");
        if (id < 0 || password < 0)
            throw new ReplayException([new ReplayError(path, 1, 0, "the file needs the columns id and password", "use the file devices are imported from")]);
        Dictionary<string, string> passwords = new(StringComparer.Ordinal);
        while (csv.Read() is { } cells)
        {
            if (cells.Length != header.Length)
                throw new ReplayException([new ReplayError(path, csv.Line, 0, $"the row has {cells.Length} cells, the header has {header.Length}",
                    "quote cells with commas")]);
            passwords[cells[id]] = cells[password];
        }

        return passwords;
    }
}
