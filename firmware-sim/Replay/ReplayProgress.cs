using System.Globalization;
using System.Text;

namespace B2D.FirmwareSim.Replay;

/// <summary>
/// Which messages of a recording are acknowledged, in a file that is brought up to date with every PUBACK, so that a replay that was killed goes on where
/// it was.
/// The file has three lines: what is replayed, how many messages from the first on are done, and which of the following <see cref="Span"/> are (as
/// hexadecimal bits).
/// </summary>
public sealed class ReplayProgress : IDisposable
{
    /// <summary>Furthest a message may be ahead of the oldest unacknowledged one (unit: messages).</summary>
    public const int Span = 1024;

    private readonly Lock _gate = new();
    private readonly FileStream? _file;
    private readonly int _offset;
    private readonly bool[] _ahead = new bool[Span];

    private ReplayProgress(FileStream? file, int offset)
    {
        _file = file;
        _offset = offset;
    }

    /// <summary>Every message below this number is done.</summary>
    public long Done { get; private set; }

    /// <summary>How many messages are done.</summary>
    public long Count { get; private set; }

    /// <summary>Progress that nobody keeps.</summary>
    public static ReplayProgress InMemory() => new(null, 0);

    /// <summary>Opens or begins a progress file.</summary>
    /// <exception cref="ReplayException">The file is of another replay, or of none.</exception>
    public static ReplayProgress Open(string path, Recording recording)
    {
        var first = $"b2d-replay {recording.Fingerprint}\n";
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 1);
        var progress = new ReplayProgress(file, first.Length);
        if (file.Length == 0)
        {
            file.Write(Encoding.ASCII.GetBytes(first));
            progress.Save();
            return progress;
        }

        var lines = new StreamReader(file, Encoding.ASCII, leaveOpen: true).ReadToEnd().Split('\n');
        if (lines[0] + "\n" != first || !progress.TryRestore(lines))
        {
            file.Dispose();
            throw new ReplayException(
                $"{path} belongs to another replay (mapping or data differ). Delete it to start from the beginning, or name another file.");
        }

        return progress;
    }

    /// <summary>Whether that message is done.</summary>
    public bool IsDone(long number)
    {
        lock (_gate) return number < Done || (number < Done + Span && _ahead[number % Span]);
    }

    /// <summary>Notes an acknowledgement. Safe on any thread.</summary>
    public void MarkDone(long number)
    {
        lock (_gate)
        {
            if (number < Done || _ahead[number % Span]) return;
            Count++;
            _ahead[number % Span] = true;
            while (_ahead[Done % Span]) _ahead[Done++ % Span] = false;
            Save();
        }
    }

    /// <summary>Closes the file; what it holds stays.</summary>
    public void Dispose() => _file?.Dispose();

    private bool TryRestore(string[] lines)
    {
        if (lines.Length < 3 || !long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var done)) return false;
        if (lines[2].Length != Span / 4 || !lines[2].All(char.IsAsciiHexDigit)) return false;
        Done = Count = done;
        var bits = Convert.FromHexString(lines[2]);
        for (var i = 0; i < Span; i++)
        {
            var set = (bits[i / 8] & (1 << (i % 8))) != 0;
            _ahead[(done + i) % Span] = set;
            if (set) Count++;
        }

        return true;
    }

    /// <summary>One write of fixed length: what the system has taken over survives the end of this process.</summary>
    private void Save()
    {
        if (_file is null) return;
        Span<byte> bits = stackalloc byte[Span / 8];
        bits.Clear();
        for (var i = 0; i < Span; i++)
        {
            if (_ahead[(Done + i) % Span]) bits[i / 8] |= (byte)(1 << (i % 8));
        }

        var text = string.Create(CultureInfo.InvariantCulture, $"{Done:D20}\n{Convert.ToHexStringLower(bits)}\n");
        RandomAccess.Write(_file.SafeFileHandle, Encoding.ASCII.GetBytes(text), _offset);
    }
}
