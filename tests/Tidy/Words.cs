using System.Text.RegularExpressions;

namespace B2D.Tidy;

/// <summary>Takes names apart.</summary>
internal static partial class Words
{
    /// <summary>The words of a name in camel case: <c>MqttServer</c> is Mqtt and Server, <c>IOPump</c> is IO and Pump.</summary>
    public static IEnumerable<string> Of(string name) => WordRegex().Matches(name).Select(m => m.Value);

    /// <summary>Names of the types that a file declares, with where.</summary>
    public static IEnumerable<(string Name, int Index)> TypesIn(string code) => TypeRegex().Matches(code).Select(m => (m.Groups[1].Value, m.Groups[1].Index));

    public static IEnumerable<(string Name, int Index)> IdentifiersIn(string code) => IdentifierRegex().Matches(code).Select(m => (m.Value, m.Index));

    [GeneratedRegex(@"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+")]
    private static partial Regex WordRegex();

    [GeneratedRegex(@"\b(?:class|struct|interface|enum|record(?:\s+(?:class|struct))?|delegate\s+[\w<>\[\],?.]+)"
        + @"\s+(?!class\b|struct\b)([A-Za-z_]\w*)\s*(?=[<({:;\s])")]
    private static partial Regex TypeRegex();

    [GeneratedRegex(@"\b[A-Za-z_]\w*\b")]
    private static partial Regex IdentifierRegex();
}
