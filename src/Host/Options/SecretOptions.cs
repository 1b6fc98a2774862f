namespace B2D.Host.Options;

/// <summary>Where the key is that devices' and fleets' keys are encrypted with.</summary>
public sealed record SecretOptions
{
    /// <summary>
    /// The key file, default <c>b2d.key</c> in the folder of appsettings.json. It is made, for its owner alone, with the first key that has to be kept. Outside
    /// the data folder, so that a copy of the data gives none of the keys away; keep a copy of the file elsewhere.
    /// </summary>
    public string KeyFile { get; init; } = "b2d.key";

    /// <summary>All that is wrong, each with option, value and what is allowed.</summary>
    /// <param name="data">The data folder.</param>
    public IReadOnlyList<string> Validate(string data)
    {
        if (string.IsNullOrWhiteSpace(KeyFile))
            return ["Secrets:KeyFile is empty; it must name a file"];
        var path = Path.GetFullPath(KeyFile);
        if (Directory.Exists(path))
            return [$"Secrets:KeyFile is '{KeyFile}'; that is a folder, it must name a file"];
        return !string.IsNullOrWhiteSpace(data) && path.StartsWith(Path.TrimEndingDirectorySeparator(Path.GetFullPath(data)) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? [$"Secrets:KeyFile is '{KeyFile}'; it must be outside the data folder '{data}'"]
            : [];
    }
}
