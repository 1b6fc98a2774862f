using B2D.Core;

namespace B2D.Storage.Telemetry;

/// <summary>A lane's memory as it stood when its partition was read up to a position of the log; its telemetry is stored exactly up to there.</summary>
/// <param name="Partition">0 to 255.</param>
/// <param name="Position">The last offset that it has seen.</param>
/// <param name="At">Server time of that.</param>
/// <param name="Format">Of <paramref name="Body"/>; 0 where there is none.</param>
/// <param name="Body">As Core wrote it.</param>
public sealed record LaneMemory(int Partition, long Position, ServerTime At, int Format, byte[] Body);
