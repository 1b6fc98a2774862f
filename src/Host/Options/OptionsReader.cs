using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using B2D.Core.Devices;
using Microsoft.Extensions.Configuration;

namespace B2D.Host.Options;

/// <summary>Options that stop the start: every problem at once, each in one line.</summary>
public sealed class OptionsException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>One line each.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}

/// <summary>Reads options from all sources; unknown names and values of the wrong kind are errors, never ignored.</summary>
public static class OptionsReader
{
    /// <summary>Prefix of environment variables; levels are parted by two underscores.</summary>
    public const string EnvironmentPrefix = "B2D__";

    /// <summary>Reads and validates.</summary>
    /// <param name="folder">Where appsettings.json is looked for.</param>
    /// <param name="settings">From the command line: <c>Gateway:Port</c> to value.</param>
    /// <exception cref="OptionsException">Something is unknown or out of range.</exception>
    public static InstallationOptions Read(string folder, IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var file = Path.Combine(folder, "appsettings.json");
        IConfigurationRoot configuration;
        try
        {
            configuration = new ConfigurationBuilder()
                .AddJsonFile(Path.GetFullPath(file), optional: true)
                .AddEnvironmentVariables(EnvironmentPrefix)
                .AddInMemoryCollection(settings)
                .Build();
        }
        catch (InvalidDataException e)
        {
            throw new OptionsException([$"{file}: {e.InnerException?.Message ?? e.Message}"]);
        }
        var problems = new List<string>();
        Check(configuration, typeof(InstallationOptions), "", problems);
        if (problems.Count > 0)
            throw new OptionsException(problems);
        var options = configuration.Get<InstallationOptions>() ?? new InstallationOptions();
        var wrong = options.Validate();
        return wrong.Count > 0 ? throw new OptionsException(wrong) : options;
    }

    private static void Check(IConfiguration at, Type type, string path, List<string> problems)
    {
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.SetMethod is not null)
            .ToDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var section in at.GetChildren())
        {
            var name = path.Length == 0 ? section.Key : $"{path}:{section.Key}";
            if (!properties.TryGetValue(section.Key, out var property))
            {
                var near = ImportNames.Nearest(section.Key, properties.Keys);
                problems.Add($"{name} is no option{(near is null ? "" : $"; did you mean {near}?")}");
                continue;
            }
            if (section.GetChildren().Any() || IsGroup(property.PropertyType))
                Check(section, property.PropertyType, name, problems);
            else if (!Converts(section.Value, property.PropertyType))
                problems.Add($"{name} is '{section.Value}'; it must be {Words(property.PropertyType)}");
        }
    }

    private static bool IsGroup(Type type) => type.IsClass && type != typeof(string);

    private static bool Converts(string? value, Type type)
    {
        try
        {
            return value is not null && TypeDescriptor.GetConverter(type).ConvertFromString(null, CultureInfo.InvariantCulture, value) is not null;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            return false;
        }
    }

    private static string Words(Type type) => type switch
    {
        _ when type == typeof(TimeSpan) => "a time such as 00:00:30",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(int) || type == typeof(long) || type == typeof(ushort) || type == typeof(uint) => "a whole number",
        _ when type == typeof(double) => "a number",
        _ when type.IsEnum => "one of " + string.Join(", ", Enum.GetNames(type)),
        _ => "a text",
    };
}
