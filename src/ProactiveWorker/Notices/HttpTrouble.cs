namespace B2D.ProactiveWorker.Notices;

/// <summary>Why somebody could not be told by HTTP, as a sentence's end: "the provider …".</summary>
internal static class HttpTrouble
{
    public static string Of(HttpRequestError error) => error switch
    {
        HttpRequestError.NameResolutionError => "has a name that leads nowhere",
        HttpRequestError.ConnectionError => "cannot be reached",
        HttpRequestError.SecureConnectionError => "has a certificate that is not trusted, or no encryption",
        HttpRequestError.ProxyTunnelError => "cannot be reached through the proxy",
        HttpRequestError.ResponseEnded => "hung up before it had answered",
        _ => "gave no answer that can be read",
    };
}
