using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>When something that a device said happened, by its clock and by ours, in which entry it came, and what was known of the fleets then.</summary>
/// <param name="At">The device time that counts.</param>
/// <param name="Live">It happened just now.</param>
/// <param name="Entry">The entry.</param>
/// <param name="Now">When it arrived.</param>
/// <param name="LiveWithin">How old a reading may be that counts as live.</param>
/// <param name="Fleet">What the device's lane was told of the fleets.</param>
internal readonly record struct TelemetryTime(DeviceTime At, bool Live, EpisodeId Entry, ServerTime Now, TimeSpan LiveWithin, FleetMemory Fleet);
