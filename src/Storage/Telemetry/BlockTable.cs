using System.Data.Common;
using B2D.Storage.Telemetry.Blocks;
using B2D.Storage.Telemetry.Tails;

namespace B2D.Storage.Telemetry;

/// <summary>A stored block.</summary>
internal sealed record BlockRow
{
    public long Id { get; init; }
    public long FirstServerAt { get; init; }
    public long LastServerAt { get; init; }
    public long Messages { get; init; }
    public long FirstOffset { get; init; }
    public long LastOffset { get; init; }
    public byte[] Body { get; init; } = [];

    public ReadingColumns Decode(SlabPool pool)
    {
        var columns = BlockCodec.Decode(Body, pool);
        columns.Stamp(FirstOffset, LastOffset, FirstServerAt, LastServerAt);
        return columns;
    }
}

/// <summary>A statement that runs for many rows of one transaction.</summary>
internal sealed class RowStatement : IDisposable
{
    private readonly DbCommand command;

    public RowStatement(Db db, string sql, params ReadOnlySpan<string> names)
    {
        command = db.Command(sql);
        foreach (var name in names)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            command.Parameters.Add(parameter);
        }
    }

    public void Run(params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
        command.ExecuteNonQuery();
    }

    public void Dispose() => command.Dispose();
}

internal static class BlockTable
{
    private const string Insert =
        """
        INSERT INTO blocks (device_key, first_at, last_at, first_server_at, last_server_at, messages, readings, first_offset, last_offset, resolution, body)
        VALUES (@key, @first, @last, @firstServer, @lastServer, @messages, @readings, @firstOffset, @lastOffset, @resolution, @body)
        """;

    public static RowStatement Inserting(Db db) => new(db, Insert,
        "@key", "@first", "@last", "@firstServer", "@lastServer", "@messages", "@readings", "@firstOffset", "@lastOffset", "@resolution", "@body");

    public static void Add(RowStatement inserting, long key, ReadingColumns columns, long resolution, ReadOnlySpan<byte> body) => inserting.Run(
        key, columns.FirstAt, columns.LastAt, columns.FirstServerAt, columns.LastServerAt, (long)columns.Rows, (long)columns.Readings, columns.FirstOffset,
        columns.LastOffset, resolution, body.ToArray());

    public static void Delete(Db db, IEnumerable<long> ids) => db.Execute("DELETE FROM blocks WHERE id = @id", ids.Select(id => new { id }).ToArray());
}
