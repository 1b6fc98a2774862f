using System.Buffers.Text;

namespace B2D.FirmwareSim.Load;

/// <summary>A file with a line <c>device,seq</c> for every acknowledged message, in order for each device.</summary>
internal sealed class AckedLog(string path) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FileStream _file = new(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16);

    public void Dispose() => _file.Dispose();

    /// <summary>What one connection has to write, gathered; from one thread at a time.</summary>
    internal sealed class Page(AckedLog log)
    {
        private readonly byte[] _bytes = new byte[1 << 13];
        private int _length;

        public void Add(int device, long sequence)
        {
            if (_length + 48 > _bytes.Length) Flush();
            Utf8Formatter.TryFormat(device, _bytes.AsSpan(_length), out var written);
            _length += written;
            _bytes[_length++] = (byte)',';
            Utf8Formatter.TryFormat(sequence, _bytes.AsSpan(_length), out written);
            _length += written;
            _bytes[_length++] = (byte)'\n';
        }

        public void Flush()
        {
            lock (log._gate) log._file.Write(_bytes, 0, _length);
            _length = 0;
        }
    }
}
