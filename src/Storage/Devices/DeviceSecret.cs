namespace B2D.Storage.Devices;

/// <summary>What a device's password is checked against.</summary>
public sealed record DeviceSecret
{
    /// <summary><c>sha256</c> for secrets made here (at least 128 bits), <c>pbkdf2:</c> and the iterations for imported passwords.</summary>
    public string Kind { get; init; } = "";
    public byte[] Hash { get; init; } = [];
    public byte[] Salt { get; init; } = [];
}
