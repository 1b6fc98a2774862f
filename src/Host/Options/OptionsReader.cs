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
        var problems = new List<string>();
        var configuration = Build(Path.GetFullPath(Path.Combine(folder, "appsettings.json")), settings, problems);
        // What cannot be read is left out, so that the rest is checked too and everything is said at once.
        var readable = new List<KeyValuePair<string, string?>>();
        Check(configuration, typeof(InstallationOptions), problems, readable);
        var options = new ConfigurationBuilder().AddInMemoryCollection(readable).Build().Get<InstallationOptions>() ?? new InstallationOptions();
        problems.AddRange(options.Validate());
        return problems.Count > 0 ? throw new OptionsException(problems) : options;
    }

    private static IConfigurationRoot Build(string file, IEnumerable<KeyValuePair<string, string?>> settings, List<string> problems)
    {
        try
        {
            return With(new ConfigurationBuilder().AddJsonFile(file, optional: true));
        }
        catch (InvalidDataException e)
        {
            problems.Add($"{file}: {e.InnerException?.Message ?? e.Message}");
            return With(new ConfigurationBuilder());
        }

        IConfigurationRoot With(IConfigurationBuilder builder) => builder.AddEnvironmentVariables(EnvironmentPrefix).AddInMemoryCollection(settings).Build();
    }

    private static void Check(IConfiguration at, Type type, List<string> problems, List<KeyValuePair<string, string?>> readable)
    {
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.SetMethod is not null)
            .ToDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var section in at.GetChildren())
        {
            if (!properties.TryGetValue(section.Key, out var property))
            {
                var near = ImportNames.Nearest(section.Key, properties.Keys);
                problems.Add($"{section.Path} is no option{(near is null ? "" : $"; did you mean {near}?")}");
                continue;
            }
            if (ElementOf(property.PropertyType) is { } element)
            {
                CheckList(section, element, problems, readable);
                continue;
            }
            if (IsGroup(property.PropertyType) && !string.IsNullOrEmpty(section.Value))
            {
                var example = property.PropertyType.GetProperties()[0].Name;
                problems.Add($"{section.Path} is '{section.Value}'; it is a group of options, such as {section.Path}:{example}");
            }
            if (section.GetChildren().Any() || IsGroup(property.PropertyType))
                Check(section, property.PropertyType, problems, readable);
            else if (Converts(section.Value, property.PropertyType))
                readable.Add(new(section.Path, section.Value));
            else
                problems.Add($"{section.Path} is '{section.Value}'; it must be {Words(property.PropertyType)}");
        }
    }

    /// <summary>A list is numbered from 0 without a gap; whoever leaves one out has mistyped a number.</summary>
    private static void CheckList(IConfigurationSection at, Type element, List<string> problems, List<KeyValuePair<string, string?>> readable)
    {
        if (!string.IsNullOrEmpty(at.Value))
            problems.Add($"{at.Path} is '{at.Value}'; it is a list, such as {at.Path}:0:{element.GetProperties()[0].Name}");
        var items = at.GetChildren().ToList();
        for (var i = 0; i < items.Count; i++)
        {
            if (items.All(s => s.Key != i.ToString(CultureInfo.InvariantCulture)))
                problems.Add($"{at.Path}:{i} is missing; a list is numbered from 0 without a gap");
        }
        foreach (var item in items)
        {
            if (!string.IsNullOrEmpty(item.Value))
                problems.Add($"{item.Path} is '{item.Value}'; it is a group of options, such as {item.Path}:{element.GetProperties()[0].Name}");
            Check(item, element, problems, readable);
        }
    }

    private static Type? ElementOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

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
