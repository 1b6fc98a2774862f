namespace B2D.Core.Devices;

/// <summary>The name of one device: 1 to 128 characters out of letters, digits and <c>. _ : @ -</c>, so that it is one level of an MQTT topic.</summary>
public readonly record struct DeviceId : IComparable<DeviceId>
{
    /// <summary>Longest id, in characters; long enough for any serial number or MAC address with a prefix.</summary>
    public const int MaxLength = 128;

    private readonly string? value;

    private DeviceId(string value) => this.value = value;

    /// <summary>The id as text; empty only for <c>default</c>.</summary>
    public string Value => value ?? "";

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">The text is no id; the message says why.</exception>
    public static DeviceId Parse(string text) => TryParse(text, out var id, out var error) ? id : throw new FormatException(error);

    /// <summary>Reads an id; when it returns false, <paramref name="error"/> says what is wrong and what is allowed.</summary>
    public static bool TryParse(string? text, out DeviceId id, out string error)
    {
        id = default;
        error = Problem(text);
        if (error.Length > 0)
            return false;
        id = new DeviceId(text!);
        return true;
    }

    /// <summary>An id that was read before.</summary>
    internal static DeviceId Known(string text) => new(text);

    public int CompareTo(DeviceId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;

    private static string Problem(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "a device id is missing";
        if (text.Length > MaxLength)
            return $"a device id has {text.Length} characters, at most {MaxLength} are allowed";
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or ':' or '@' or '-'))
                return $"a device id may have letters, digits and . _ : @ - but not '{c}'";
        }
        return "";
    }
}
