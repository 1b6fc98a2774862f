namespace B2D.Core.Alarms;

/// <summary>What alarms of B2D's own are called, and what to do about them.</summary>
public static class AlarmWords
{
    /// <summary>A few words.</summary>
    public static string TitleOf(string kind) => kind switch
    {
        nameof(AlarmKind.IngestStopped) => "Ingest stopped",
        nameof(AlarmKind.EvaluationLagging) => "Evaluation is behind",
        nameof(AlarmKind.NoticesFailing) => "Notices do not get through",
        nameof(AlarmKind.DiskFilling) => "The disk is filling up",
        nameof(AlarmKind.ClockJumped) => "The clock jumped",
        nameof(AlarmKind.LoopFailing) => "A part of B2D fails",
        nameof(AlarmKind.NoConnections) => "No device is connected",
        "FleetSilent" => "Much of the fleet is silent at once",
        "GatewayDown" => "The gateway was down",
        "WebhookPaused" => "Another system is not told any more",
        _ => kind,
    };

    /// <summary>Plain words to an operator.</summary>
    public static string WhatToDo(string kind) => kind switch
    {
        nameof(AlarmKind.IngestStopped) =>
            "Make room on the disk of the data folder, or mend it. Devices keep what was not acknowledged and send it again; ingest goes on by itself.",
        nameof(AlarmKind.EvaluationLagging) =>
            "Nothing is lost, but faults are seen late. See what keeps the processors or the disk busy; one device that sends far more than others shows in its own page.",
        nameof(AlarmKind.NoticesFailing) =>
            "Look at the failed notices, then at the mail server or the receiver of webhooks (Notices:Email, Notices:Webhook). Those that can be sent again go by themselves.",
        nameof(AlarmKind.DiskFilling) =>
            "Make room on the disk of the data folder, give it a larger one, or keep less (Worker:Retention). Below Care:DiskReserveMegabytes ingest stops, so that cases can still be worked on.",
        nameof(AlarmKind.ClockJumped) =>
            "Check the machine's time service. Times stored around the jump may be wrong by as much; rules over silence do not count the time of a jump.",
        nameof(AlarmKind.LoopFailing) =>
            "The log of the program has the whole error. It tries again by itself; a full or broken disk is the usual cause.",
        nameof(AlarmKind.NoConnections) =>
            "Check the network, the firewall and the certificate before the gateway. Until devices connect, nothing is known of them.",
        "FleetSilent" => "Check the network before the gateway. What devices do not say is not counted against them, and notices wait for a person.",
        "WebhookPaused" => "Look at what it answers on the page Webhooks, mend it with whoever runs it, and resume it there. What happened meanwhile waits for it.",
        "GatewayDown" => "Nothing, if it was stopped on purpose. Silence in that time is not counted against devices.",
        _ => "The log of the program has more.",
    };
}
