namespace B2D.Mqtt.Tests.Clauses;

/// <summary>The normative statements of MQTT 3.1.1 (appendix B), in a few own words.</summary>
internal static class Version311
{
    /// <summary>As <see cref="Version5.Statements"/>; <c>=</c> and the statement of 5.0 that says the same and is proven by the same code and test.</summary>
    public const string Statements =
        """
        1.5.3-1 text is well-formed UTF-8
        1.5.3-2 text has no U+0000
        1.5.3-3 U+FEFF is kept = 1.5.4-3
        2.2.2-1 reserved flags of the fixed header = 2.1.3-1
        2.2.2-2 invalid flags end the connection
        2.3.1-1 packet ids are not zero
        2.3.1-2 a new packet has an unused id = 2.2.1-3
        2.3.1-3 a packet sent again has its first id = 4.4.0-1
        2.3.1-4 the same for a server = 2.2.1-4
        2.3.1-5 no packet id with QoS 0 = 2.2.1-2
        2.3.1-6 acknowledgements carry the id of their PUBLISH = 2.2.1-5
        2.3.1-7 SUBACK and UNSUBACK carry the id of their request = 2.2.1-6
        3.1.0-1 CONNECT comes first = 3.1.0-1
        3.1.0-2 a second CONNECT ends the connection = 3.1.0-2
        3.1.2-1 protocol name
        3.1.2-2 protocol level
        3.1.2-3 reserved connect flag
        3.1.2-4 clean session 0 resumes @ KeptStateTests.Session_Kept_QueuesAndRepeats
        3.1.2-5 and keeps QoS 1 and 2 messages @ KeptStateTests.Session_Kept_QueuesAndRepeats
        3.1.2-6 clean session 1 discards @ KeptStateTests.Session_Kept_QueuesAndRepeats
        3.1.2-7 retained messages are no part of a session @ KeptStateTests.Will_ConnectionLost_IsPublished
        3.1.2-8 the will is kept and published = 3.1.2-8
        3.1.2-9 will fields are present with the flag
        3.1.2-10 a will is removed once published or discarded = 3.1.2-10
        3.1.2-11 nothing of a will without the flag = 3.1.2-11
        3.1.2-12 and none is published @ ServerTests.Connect_311_IsAccepted
        3.1.2-13 will QoS 0 without a will
        3.1.2-14 no will QoS 3
        3.1.2-15 will retain 0 without a will
        3.1.2-16 a will without retain is not kept = 3.1.2-14
        3.1.2-17 a will with retain is kept = 3.1.2-15
        3.1.2-18 no user name without its flag = 3.1.2-16
        3.1.2-19 a user name with its flag
        3.1.2-20 no password without its flag = 3.1.2-18
        3.1.2-21 a password with its flag
        3.1.2-22 no password without a user name
        3.1.2-23 a silent client pings = 3.1.2-20
        3.1.2-24 one and a half keep-alives of silence end the connection = 3.1.2-22
        3.1.3-1 order of the CONNECT payload = 3.1.3-1
        3.1.3-2 the client id names the session = 3.1.3-2
        3.1.3-3 the client id is the first field = 3.1.3-3
        3.1.3-4 the client id is UTF-8 = 3.1.3-4
        3.1.3-5 client ids that every server takes = 3.1.3-5
        3.1.3-6 an empty client id is given one = 3.1.3-6
        3.1.3-7 only with clean session 1 @ ServerTests.Connect_Wrong_EndsAsTheStandardSays
        3.1.3-8 else return code 2 and the end @ ServerTests.Connect_Wrong_EndsAsTheStandardSays
        3.1.3-9 a refused client id gets the same @ ServerTests.Connect_Refused_AnswersAndCloses
        3.1.3-10 the will topic is UTF-8 = 3.1.3-11
        3.1.3-11 the user name is UTF-8 = 3.1.3-12
        3.1.4-1 a malformed CONNECT ends the connection = 3.1.4-1
        3.1.4-2 the older connection of a client id ends = 3.1.4-3
        3.1.4-3 clean session is processed = 3.1.4-4
        3.1.4-4 CONNACK with return code 0 = 3.1.4-5
        3.1.4-5 nothing behind a refused CONNECT is processed = 3.1.4-6
        3.2.0-1 CONNACK before anything else = 3.2.0-1
        3.2.2-1 session present 0 with clean session 1 @ ServerTests.Connect_311_IsAccepted
        3.2.2-2 session present 1 where there was one @ KeptStateTests.Session_Kept_QueuesAndRepeats
        3.2.2-3 and 0 where there was none @ KeptStateTests.Session_Kept_QueuesAndRepeats
        3.2.2-4 session present 0 with a refusal
        3.2.2-5 a refusal ends the connection = 3.2.2-7
        3.2.2-6 without a fitting return code the connection just ends @ ServerTests.Connect_Wrong_EndsAsTheStandardSays
        3.3.1-1 DUP on what is sent again = 3.3.1-1
        3.3.1-2 no DUP with QoS 0
        3.3.1-3 DUP is of one hop = 3.3.1-3
        3.3.1-4 no QoS 3
        3.3.1-5 a retained message is kept with its QoS @ KeptStateTests.Retained_Kept_ReachesLaterSubscribers
        3.3.1-6 a new subscription gets it @ KeptStateTests.Retained_Kept_ReachesLaterSubscribers
        3.3.1-7 a retained QoS 0 message replaces the one before @ KeptStateTests.Retained_Kept_ReachesLaterSubscribers
        3.3.1-8 with the flag to a new subscription @ KeptStateTests.Retained_Kept_ReachesLaterSubscribers
        3.3.1-9 without it to one that exists @ KeptStateTests.Retained_Kept_ReachesLaterSubscribers
        3.3.1-10 an empty payload removes it = 3.3.1-6
        3.3.1-11 and is not kept = 3.3.1-7
        3.3.1-12 without the flag nothing is kept or replaced = 3.3.1-8
        3.3.2-1 topic name first, UTF-8 = 3.3.2-1
        3.3.2-2 no wildcards in it
        3.3.2-3 it matches the subscription = 3.3.2-3
        3.3.4-1 the answer to PUBLISH is its QoS's = 3.3.4-1
        3.3.5-1 overlapping subscriptions: the highest QoS = 3.3.4-2
        3.3.5-2 a message not allowed is acknowledged or ends the connection @ DeliveryTests.MayPublish_No_IsPubackFor5AndAnEndFor311 DeliveryTests.Complete_WithFailure_IsPubackFor5AndAnEndFor311
        3.6.1-1 flags of PUBREL
        3.8.1-1 flags of SUBSCRIBE
        3.8.3-1 filters are UTF-8 = 3.8.3-1
        3.8.3-2 a server without wildcards refuses them - wildcards are served
        3.8.3-3 at least one filter
        3.8.3-4 reserved bits of the requested QoS @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        3.8.4-1 SUBACK answers SUBSCRIBE = 3.8.4-1
        3.8.4-2 with its id = 3.8.4-2
        3.8.4-3 the same filter replaces the subscription, and retained messages are sent again = 3.8.4-3
        3.8.4-4 several filters are as several packets = 3.8.4-5
        3.8.4-5 a code for each = 3.8.4-6
        3.8.4-6 the lower of two QoS = 3.8.4-8
        3.9.3-1 codes in the order of the filters = 3.9.3-1
        3.9.3-2 codes 0, 1, 2 and 0x80 alone @ DeliveryTests.MaySubscribe_No_IsSuback80Or87
        3.10.1-1 flags of UNSUBSCRIBE
        3.10.3-1 filters are UTF-8 = 3.10.3-1
        3.10.3-2 at least one filter
        3.10.4-1 filters are compared letter by letter = 3.10.4-1
        3.10.4-2 nothing new after it = 3.10.4-2
        3.10.4-3 what is under way is completed = 3.10.4-3
        3.10.4-4 UNSUBACK answers with its id = 3.10.4-4
        3.10.4-5 always = 3.10.4-5
        3.10.4-6 several filters are as several packets = 3.10.4-6
        3.12.4-1 PINGRESP answers PINGREQ = 3.12.4-1
        3.14.1-1 flags of DISCONNECT = 3.14.1-1
        3.14.4-1 a client that sent DISCONNECT closes @ ClientTests.Publish_ToOneself_Arrives
        3.14.4-2 and sends nothing more = 3.14.4-1
        3.14.4-3 DISCONNECT discards the will = 3.14.4-3
        4.1.0-1 session state is kept as long as the session = 4.1.0-1
        4.1.0-2 and the session as long as the connection = 4.1.0-1
        4.2.0-1 an ordered, lossless transport = 4.2.0-1
        4.3.1-1 QoS 0 is sent without DUP = 4.3.1-1
        4.3.2-1 QoS 1: the sender's side = 4.3.2-3
        4.3.2-2 QoS 1: the receiver's side = 4.3.2-4
        4.3.3-1 QoS 2: the sender's side = 4.3.3-4
        4.3.3-2 QoS 2: the receiver's side = 4.3.3-8
        4.4.0-1 what is unacknowledged is sent again at the next connection = 4.4.0-1
        4.5.0-1 a message goes to every session that is subscribed = 4.5.0-1
        4.5.0-2 a client acknowledges whatever comes = 4.5.0-2
        4.6.0-1 sent again in the first order = 4.6.0-1
        4.6.0-2 PUBACKs in order = 4.6.0-2
        4.6.0-3 PUBRECs in order = 4.6.0-3
        4.6.0-4 PUBRELs in the order of PUBRECs = 4.6.0-4
        4.6.0-5 every topic is ordered = 4.6.0-6
        4.6.0-6 messages of a topic and a client in order = 4.6.0-5
        4.7.1-1 no wildcards in topic names = 4.7.0-1
        4.7.1-2 where # may stand
        4.7.1-3 where + may stand
        4.7.2-1 a first wildcard does not match $ = 4.7.2-1
        4.7.3-1 names and filters are not empty
        4.7.3-2 and have no U+0000 = 4.7.3-2
        4.7.3-3 and at most 65,535 bytes = 4.7.3-3
        4.7.3-4 and are not normalised = 4.7.3-4
        4.8.0-1 a protocol violation ends the connection = 4.13.1-1
        4.8.0-2 so does a transient error @ ServerTests.Application_Throws_EndsThatConnectionOnly
        6.0.0-1 WebSocket: binary frames = 6.0.0-1
        6.0.0-2 packets across frames = 6.0.0-2
        6.0.0-3 a client asks for mqtt = 6.0.0-3
        6.0.0-4 a server answers mqtt = 6.0.0-4
        7.0.0-1 a server that is also a client conforms as both - server and client are apart here, and each has its statements above
        7.0.0-2 nothing beyond the standard is asked of a peer @ MosquittoTests.Server_MosquittoClients_ExchangeMessages
        7.1.1-1 a server uses an ordered, lossless transport = 4.2.0-1
        7.1.2-1 so does a client = 4.2.0-1
        """;
}
