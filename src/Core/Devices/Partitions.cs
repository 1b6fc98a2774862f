namespace B2D.Core.Devices;

/// <summary>The 256 ordered lanes that devices are dealt to, fixed from the first day because stored offsets are counted per partition.</summary>
public static class Partitions
{
    /// <summary>How many there are.</summary>
    public const int Count = 256;

    /// <summary>The partition of a device, 0 to 255: FNV-1a (32 bit) over the id's UTF-16 code units, folded to 8 bits.</summary>
    public static int Of(DeviceId device)
    {
        var hash = 2166136261u;
        foreach (var c in device.Value)
            hash = (hash ^ c) * 16777619u;
        hash ^= hash >> 16;
        return (int)((hash ^ (hash >> 8)) & 0xFF);
    }
}
