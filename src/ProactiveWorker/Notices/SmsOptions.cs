namespace B2D.ProactiveWorker.Notices;

/// <summary>A header of the request to the provider.</summary>
public sealed record SmsHeader
{
    /// <summary><c>Authorization</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>Often a secret: best given as <c>B2D__Notices__Sms__Headers__0__Value</c> in the environment. Never logged.</summary>
    public string Value { get; init; } = "";
}

/// <summary>A provider that sends texts, spoken to by HTTP as it wants it. Without it texts go as signed webhooks.</summary>
public sealed record SmsOptions
{
    /// <summary>Address; empty: texts go by <c>Notices:Webhook</c> (default). Plain http only on loopback.</summary>
    public string Url { get; init; } = "";

    /// <summary><c>POST</c> (default) or <c>PUT</c>.</summary>
    public string Method { get; init; } = "POST";

    /// <summary><c>application/json</c> (default) or <c>application/x-www-form-urlencoded</c>.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>The body with <c>{to}</c>, <c>{text}</c> and <c>{id}</c> in it, which are put in as the content type needs it; default <c>{"to":{to},"text":{text},"reference":{id}}</c>.</summary>
    public string Body { get; init; } = """{"to":{to},"text":{text},"reference":{id}}""";

    public IReadOnlyList<SmsHeader> Headers { get; init; } = [];

    /// <summary>Where the answer has its error, names with dots between, <c>error.code</c>; empty: the status alone counts (default).</summary>
    public string ErrorAt { get; init; } = "";

    /// <summary>Errors that stand for a number that never will take it, with commas between, <c>21211,21610</c>; default none.</summary>
    public string PermanentErrors { get; init; } = "";

    /// <summary>Messages that one text may take, 1 to 20, default 6; what is longer is cut.</summary>
    public int MostParts { get; init; } = 6;

    /// <summary>Until an answer; 1 s to 5 min, default 15 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    public bool Enabled => Url.Length > 0;

    internal bool IsForm => ContentType == "application/x-www-form-urlencoded";

    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (!Enabled)
            return problems;
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            problems.Add($"Notices:Sms:Url is '{Url}', it must be an absolute https address");
        else if (uri.Scheme == "http" && !uri.IsLoopback)
            problems.Add($"Notices:Sms:Url is '{Url}'; plain http is allowed to this machine only");
        if (Method is not ("POST" or "PUT"))
            problems.Add($"Notices:Sms:Method is '{Method}', allowed are POST and PUT");
        if (ContentType != "application/json" && !IsForm)
            problems.Add($"Notices:Sms:ContentType is '{ContentType}', allowed are application/json and application/x-www-form-urlencoded");
        if (!Body.Contains("{to}", StringComparison.Ordinal) || !Body.Contains("{text}", StringComparison.Ordinal))
            problems.Add("Notices:Sms:Body must have {to} and {text} in it");
        if (Headers.Any(h => h.Name.Length == 0 || !h.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') || h.Value.Any(char.IsControl)))
            problems.Add("Notices:Sms:Headers has one without a name, or with a name or value that no header can have");
        if (MostParts is < 1 or > 20)
            problems.Add($"Notices:Sms:MostParts is {MostParts}, allowed is 1 to 20");
        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromMinutes(5))
            problems.Add($"Notices:Sms:Timeout is {Timeout}, allowed is 1 s to 5 min");
        return problems;
    }
}
