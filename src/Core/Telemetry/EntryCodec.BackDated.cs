using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Core.Rules;

namespace B2D.Core.Telemetry;

/// <summary>The stored form of what a back-dated pass found.</summary>
public static partial class EntryCodec
{
    private const byte HasEnded = 1;
    private const byte EndsEpisode = 2;

    private static void WriteBackDated(EntryCodecWriter to, Entry.BackDated e)
    {
        to.Text(e.Device.Value);
        to.Text(e.Rule);
        to.Time(e.OnsetAt.EpochMs);
        to.Byte((byte)((e.EndedAt is null ? 0 : HasEnded) | (e.Ends is null ? 0 : EndsEpisode)));
        if (e.EndedAt is { } ended)
            to.Time(ended.EpochMs);
        to.Time(e.ToldUntil.EpochMs);
        to.Byte((byte)e.Severity);
        if (e.Ends is { } episode)
        {
            to.Time(episode.Partition);
            to.Time(episode.Offset);
        }
        to.Count(e.Evidence.Length);
        foreach (var value in e.Evidence)
        {
            to.Text(value.Metric);
            to.Value(value.Value);
            to.Time(value.At.EpochMs);
        }
    }

    private static Entry.BackDated ReadBackDated(ref EntryCodecReader from)
    {
        var (device, rule, onset) = (from.Device(), from.Text(), new DeviceTime(from.Time()));
        var flags = from.Flags(HasEnded | EndsEpisode);
        DeviceTime? ended = (flags & HasEnded) != 0 ? new DeviceTime(from.Time()) : null;
        var (toldUntil, severity) = (new DeviceTime(from.Time()), from.Enum<Severity>(4));
        EpisodeId? ends = (flags & EndsEpisode) != 0 ? ReadEpisode(ref from) : null;
        var evidence = ImmutableArray.CreateBuilder<EvidenceValue>(from.CountOf(minBytesEach: 3));
        for (var i = 0; i < evidence.Capacity; i++)
            evidence.Add(new EvidenceValue(from.Text(), from.Value(), new DeviceTime(from.Time())));
        return new Entry.BackDated(device, rule, onset, ended, toldUntil, severity, ends, evidence.MoveToImmutable());
    }

    private static EpisodeId ReadEpisode(ref EntryCodecReader from)
    {
        var partition = from.Time();
        return partition is >= 0 and < Partitions.Count
            ? new EpisodeId((int)partition, from.Time())
            : throw from.Bad($"partition {partition}");
    }
}
