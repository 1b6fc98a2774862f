using System.Text.Json;
using B2D.Bus;
using B2D.Core;
using B2D.Core.Devices;
using B2D.DeviceGateway.Devices;

namespace B2D.DeviceGateway.Remedies;

/// <summary>A command that its device has not acknowledged yet.</summary>
internal sealed class PendingCommand(DeviceCommand command)
{
    private volatile DeviceLink? sentBy;
    private volatile bool isReported;

    public string Id => command.Id;

    public DeviceId Device => command.Device;

    public ReadOnlyMemory<byte> Payload => command.Payload;

    /// <summary>When it is no longer wanted, as its payload says in <c>expires</c>; without, never.</summary>
    public ServerTime ExpiresAt { get; } = ReadExpiry(command.Payload.Span);

    /// <summary>Its delivery is being written to the log, together with its answer.</summary>
    public bool IsReported
    {
        get => isReported;
        set => isReported = value;
    }

    /// <summary>The connection that has it; null before it was sent.</summary>
    public DeviceLink? SentBy
    {
        get => sentBy;
        set => sentBy = value;
    }

    private static ServerTime ReadExpiry(ReadOnlySpan<byte> payload)
    {
        var never = new ServerTime(long.MaxValue);
        try
        {
            var json = new Utf8JsonReader(payload);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                return never;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var isExpiry = json.ValueTextEquals("expires"u8);
                json.Read();
                if (isExpiry)
                    return json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var at) ? new ServerTime(at) : never;
                json.Skip();
            }
        }
        catch (JsonException)
        {
            // The worker's own text; a device that cannot read it will say so in its reply.
        }
        return never;
    }
}
