namespace B2D.FirmwareSim.Verbs;

/// <summary>How the program ends.</summary>
internal static class ExitCode
{
    /// <summary>Everything was sent and acknowledged.</summary>
    public const int Done = 0;

    /// <summary>The command line or a file is wrong; nothing was sent.</summary>
    public const int WrongInput = 1;

    /// <summary>The server refused messages, or some were never acknowledged.</summary>
    public const int NotAllAccepted = 2;

    /// <summary>The server stayed away.</summary>
    public const int NoServer = 3;

    /// <summary>Stopped by Ctrl+C or a signal; with --resume the next run goes on.</summary>
    public const int Stopped = 130;
}
