namespace B2D.Console.Access;

/// <summary>Checks and makes hashes of passwords, two at a time: each takes a good part of a second of one core, and a flood of attempts must not take them all.</summary>
internal sealed class PasswordHashing : IDisposable
{
    private readonly SemaphoreSlim room = new(2);

    /// <summary>Whether it is the password. Takes as long where there is none or no such user, so that names cannot be found out.</summary>
    public async Task<bool> MatchesAsync(string password, byte[]? hash, byte[]? salt, CancellationToken stop)
    {
        if (password.Length is 0 or > Passwords.Longest)
            return false;
        await room.WaitAsync(stop);
        try
        {
            return Passwords.Matches(password, hash ?? [], salt is { Length: > 0 } ? salt : new byte[16]);
        }
        finally
        {
            room.Release();
        }
    }

    public async Task<(byte[] Hash, byte[] Salt)> MakeAsync(string password, CancellationToken stop)
    {
        await room.WaitAsync(stop);
        try
        {
            return Passwords.Make(password);
        }
        finally
        {
            room.Release();
        }
    }

    public void Dispose() => room.Dispose();
}
