using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;

namespace B2D.Core.Notices;

/// <summary>
/// A message or a part of one (RFC 5322, RFC 2045 and 2046), read as far as reports about mail need it. It comes from servers nobody here runs: what is deeper,
/// longer or more than the limits is left out, and nothing in it is an error.
/// </summary>
public sealed class MimePart
{
    /// <summary>Parts within parts, parts of one, headers of one, and characters of a header.</summary>
    private const int MaxDepth = 5, MaxParts = 40, MaxHeaders = 200, MaxHeader = 4000;

    private readonly ImmutableArray<(string Name, string Value)> headers;

    private MimePart(ImmutableArray<(string Name, string Value)> headers, string body, int depth)
    {
        this.headers = headers;
        (Type, Parameters) = ReadType(Header("Content-Type"));
        Body = body;
        Parts = depth >= MaxDepth ? []
            : Type.StartsWith("multipart/", StringComparison.Ordinal) ? [.. Split(body, Parameters.GetValueOrDefault("boundary", "")).Take(MaxParts).Select(p => Read(p, depth + 1))]
            : Type is "message/rfc822" or "message/global" ? [Read(Decoded, depth + 1)]
            : [];
    }

    /// <summary><c>multipart/report</c>; <c>text/plain</c> where nothing is said.</summary>
    public string Type { get; }

    public IReadOnlyDictionary<string, string> Parameters { get; }

    /// <summary>As it came.</summary>
    public string Body { get; }

    public ImmutableArray<MimePart> Parts { get; }

    /// <summary>All that is in it, itself first.</summary>
    public IEnumerable<MimePart> All => Parts.SelectMany(p => p.All).Prepend(this);

    /// <summary>The body as text.</summary>
    public string Decoded => Header("Content-Transfer-Encoding").Trim().ToLowerInvariant() switch
    {
        "base64" => FromBase64(Body),
        "quoted-printable" => FromQuoted(Body),
        _ => Body,
    };

    /// <summary>The first header of a name, in one line; empty where there is none.</summary>
    public string Header(string name) => headers.FirstOrDefault(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value ?? "";

    /// <summary>Reads a message.</summary>
    /// <param name="text">One character for each byte.</param>
    public static MimePart Read(string text) => Read(text.ReplaceLineEndings("\n"), 0);

    /// <summary>Reads lines of <c>Name: value</c> up to an empty one; returns where the rest begins.</summary>
    internal static ImmutableArray<(string Name, string Value)> ReadHeaders(string text, int from, out int rest)
    {
        var found = ImmutableArray.CreateBuilder<(string, string)>();
        var at = from;
        while (at < text.Length)
        {
            var end = text.IndexOf('\n', at) is >= 0 and var line ? line : text.Length;
            var next = Math.Min(end + 1, text.Length);
            if (end == at)
            {
                at = next;
                break;
            }
            var value = new StringBuilder(text, at, Math.Min(end - at, MaxHeader), MaxHeader);
            // A line that begins with a blank goes on with the one before.
            while (next < text.Length && text[next] is ' ' or '\t')
            {
                var more = text.IndexOf('\n', next) is >= 0 and var stop ? stop : text.Length;
                if (value.Length + more - next < MaxHeader)
                    value.Append(' ').Append(text.AsSpan(next, more - next).Trim());
                next = Math.Min(more + 1, text.Length);
            }
            var whole = value.ToString();
            var colon = whole.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && found.Count < MaxHeaders)
                found.Add((whole[..colon].Trim(), whole[(colon + 1)..].Trim()));
            at = next;
        }
        rest = at;
        return found.ToImmutable();
    }

    private static MimePart Read(string text, int depth)
    {
        // As in a mailbox file.
        var from = text.StartsWith("From ", StringComparison.Ordinal) && text.IndexOf('\n', StringComparison.Ordinal) is > 0 and var line ? line + 1 : 0;
        var headers = ReadHeaders(text, from, out var rest);
        return new MimePart(headers, text[rest..], depth);
    }

    private static IEnumerable<string> Split(string body, string boundary)
    {
        if (boundary.Length is 0 or > 200)
            yield break;
        var begin = -1;
        for (var at = 0; at < body.Length;)
        {
            var end = body.IndexOf('\n', at) is >= 0 and var stop ? stop : body.Length;
            var line = body.AsSpan(at, end - at).TrimEnd();
            var isLast = line.Length == boundary.Length + 4 && line.EndsWith("--", StringComparison.Ordinal);
            if (line.StartsWith("--", StringComparison.Ordinal) && (line.Length == boundary.Length + 2 || isLast) && line[2..].StartsWith(boundary, StringComparison.Ordinal))
            {
                if (begin >= 0)
                    yield return body[begin..Math.Max(begin, at - 1)];
                begin = Math.Min(end + 1, body.Length);
                if (isLast)
                    yield break;
            }
            at = end + 1;
        }
        // Cut off before its end.
        if (begin >= 0)
            yield return body[begin..];
    }

    private static (string Type, IReadOnlyDictionary<string, string> Parameters) ReadType(string header)
    {
        var parts = new List<string>();
        var (begin, quoted) = (0, false);
        for (var i = 0; i <= header.Length; i++)
        {
            if (i < header.Length && header[i] == '"')
                quoted = !quoted;
            if (i < header.Length && (header[i] != ';' || quoted))
                continue;
            parts.Add(header[begin..i].Trim());
            begin = i + 1;
        }
        var parameters = parts.Skip(1).Select(p => p.Split('=', 2)).Where(p => p.Length == 2)
            .GroupBy(p => p[0].Trim().ToLowerInvariant(), p => p[1].Trim().Trim('"'), StringComparer.Ordinal).ToFrozenDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        return (parts[0].Length == 0 ? "text/plain" : parts[0].ToLowerInvariant(), parameters);
    }

    private static string FromBase64(string body)
    {
        var letters = new string([.. body.Where(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '/')]);
        letters = letters[..(letters.Length - (letters.Length % 4 == 1 ? 1 : 0))];
        var bytes = new byte[letters.Length];
        return Convert.TryFromBase64String(letters.PadRight((letters.Length + 3) / 4 * 4, '='), bytes, out var length)
            ? Encoding.Latin1.GetString(bytes, 0, length).ReplaceLineEndings("\n") : "";
    }

    private static string FromQuoted(string body)
    {
        var text = new StringBuilder(body.Length);
        for (var i = 0; i < body.Length; i++)
        {
            if (body[i] != '=')
                text.Append(body[i]);
            else if (i + 1 < body.Length && body[i + 1] == '\n')
                i++;
            else if (i + 2 < body.Length && char.IsAsciiHexDigit(body[i + 1]) && char.IsAsciiHexDigit(body[i + 2]))
                text.Append((char)Convert.ToByte(body[++i..(++i + 1)], 16));
            else
                text.Append('=');
        }
        return text.ToString();
    }
}
