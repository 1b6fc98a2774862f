namespace B2D.Mqtt.Tests.Clauses;

/// <summary>The normative statements of MQTT 5.0 (appendix B), in a few own words.</summary>
internal static class Version5
{
    /// <summary>
    /// One line each: id, words; then, where no test cites the id, <c>@</c> and the tests that prove it all the same, or <c>-</c> and why nothing does.
    /// </summary>
    public const string Statements =
        """
        1.5.4-1 text is well-formed UTF-8 @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        1.5.4-2 text has no U+0000 @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        1.5.4-3 U+FEFF is kept
        1.5.5-1 variable integers are as short as possible
        1.5.7-1 string pairs are UTF-8
        2.1.3-1 reserved flags of the fixed header @ PacketTests.Decode_Malformed_IsRefusedInEveryShape OldProtocolTests.Connect_31_FlagsMeanNothing
        2.2.1-2 no packet id with QoS 0 @ PacketTests.Write_WhatWasDecoded_GivesTheHandWrittenBytes
        2.2.1-3 a client's packet id is non-zero and unused
        2.2.1-4 a server's packet id is non-zero and unused @ OutboundWindowTests.Deliver_IdsWrap_SkipThoseInUse
        2.2.1-5 acknowledgements carry the id of their PUBLISH @ DeliveryTests.Publish_QoS2_GoesOnAtPubrelAndOnce
        2.2.1-6 SUBACK and UNSUBACK carry the id of their request @ DeliveryTests.PublishTo_Subscribed_DeliversAndReportsTheTag
        2.2.2-1 no properties is a length of zero @ PacketTests.Write_WhatWasDecoded_GivesTheHandWrittenBytes
        3.1.0-1 CONNECT comes first
        3.1.0-2 a second CONNECT is a protocol error
        3.1.2-1 protocol name
        3.1.2-2 protocol version
        3.1.2-3 reserved connect flag @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        3.1.2-4 clean start discards the session
        3.1.2-5 without it the session is resumed
        3.1.2-6 or made
        3.1.2-7 the will is kept with the session @ KeptStateTests.Will_ConnectionLost_IsPublished
        3.1.2-8 when the will is published
        3.1.2-9 will fields are present with the flag @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        3.1.2-10 a will is removed once published or discarded @ KeptStateTests.Will_ConnectionLost_IsPublished
        3.1.2-11 will QoS 0 without a will @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        3.1.2-12 will QoS is 0, 1 or 2 @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        3.1.2-13 will retain 0 without a will @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        3.1.2-14 a will without retain is not kept
        3.1.2-15 a will with retain is kept @ KeptStateTests.Will_ConnectionLost_IsPublished
        3.1.2-16 no user name without its flag @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        3.1.2-17 a user name with its flag @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        3.1.2-18 no password without its flag @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        3.1.2-19 a password with its flag @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        3.1.2-20 a silent client pings
        3.1.2-21 a client uses the server's keep-alive @ ClientTests.Connect_ServerOfLess_IsRespected
        3.1.2-22 one and a half keep-alives of silence end the connection
        3.1.2-23 the session outlives the connection @ SessionMachineTests.Tick_SessionExpiry_EndsTheSession KeptStateTests.Session_Kept_QueuesAndRepeats
        3.1.2-24 nothing larger than the client's maximum is sent
        3.1.2-25 what is too large counts as sent
        3.1.2-26 no alias above the client's maximum @ OutboundWindowTests.Deliver_AliasesAllowed_UsesThem
        3.1.2-27 no alias where the client takes none @ DeliveryTests.Publish_Alias_StandsForTheTopic
        3.1.2-28 no response information unless asked - response information is never sent
        3.1.2-29 no reason strings where problems are not wanted - reason strings and user properties of the server's own are sent in CONNACK alone
        3.1.2-30 only AUTH before CONNACK - the client offers no enhanced authentication
        3.1.3-1 order of the CONNECT payload @ PacketTests.Decode_ValidInEveryShape_MeansTheSame
        3.1.3-2 the client id names the session @ KeptStateTests.Session_Kept_QueuesAndRepeats
        3.1.3-3 the client id is the first field @ PacketTests.Decode_ValidInEveryShape_MeansTheSame
        3.1.3-4 the client id is UTF-8 @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        3.1.3-5 client ids that every server takes
        3.1.3-6 an empty client id is given one @ ServerTests.Connect_5WithoutClientId_IsGivenOne
        3.1.3-7 and told which @ ServerTests.Connect_5WithoutClientId_IsGivenOne
        3.1.3-8 a refused client id ends the connection
        3.1.3-9 a client that is back has its will discarded
        3.1.3-10 order of a will's user properties
        3.1.3-11 the will topic is UTF-8
        3.1.3-12 the user name is UTF-8
        3.1.4-1 a malformed CONNECT ends the connection @ ServerTests.Connect_Wrong_EndsAsTheStandardSays
        3.1.4-2 so does a refused one @ ServerTests.Connect_Refused_AnswersAndCloses
        3.1.4-3 the older connection of a client id ends
        3.1.4-4 clean start is processed
        3.1.4-5 CONNACK with success @ ServerTests.Connect_311_IsAccepted ServerTests.Connect_5_IsToldTheLimits
        3.1.4-6 nothing behind a refused CONNECT is processed
        3.2.0-1 CONNACK before anything else @ ServerTests.Connect_WithPacketsBehind_HandlesThemInOrder
        3.2.0-2 one CONNACK @ ServerTests.Packet_Wrong_EndsTheConnection
        3.2.2-1 reserved CONNACK flags @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        3.2.2-2 session present 0 with clean start
        3.2.2-3 session present says whether there was one
        3.2.2-4 a client without a session ends a connection that has one
        3.2.2-5 a client discards its session where the server has none - the client keeps no session from one connection to the next
        3.2.2-6 session present 0 with a refusal @ ServerTests.Connect_Refused_AnswersAndCloses
        3.2.2-7 a refusal ends the connection @ ServerTests.Connect_Refused_AnswersAndCloses
        3.2.2-8 reason codes of CONNACK @ ServerTests.Connect_Refused_AnswersAndCloses
        3.2.2-9 a lower maximum QoS is told - all three are served
        3.2.2-10 SUBSCRIBE of any QoS is taken all the same - all three are served
        3.2.2-11 a client keeps to the maximum QoS
        3.2.2-12 a will above the maximum QoS is refused - all three are served
        3.2.2-13 a retained will is refused where nothing is retained - retained messages are served
        3.2.2-14 a client retains nothing where nothing is retained
        3.2.2-15 a client keeps to the maximum packet size @ ClientTests.Publish_TooLargeForTheServer_IsNotSent
        3.2.2-16 the assigned client id is new and told @ ServerTests.Connect_5WithoutClientId_IsGivenOne
        3.2.2-17 a client's aliases keep to the maximum - the client sends no aliases
        3.2.2-18 none where the server takes none - the client sends no aliases
        3.2.2-19 no reason string that makes CONNACK too large
        3.2.2-20 no user property that makes CONNACK too large - user properties are not sent in CONNACK
        3.2.2-21 a client uses the server's keep-alive
        3.2.2-22 without one the client's holds @ ServerTests.Tick_Silence_EndsWithKeepAlive
        3.3.1-1 DUP on what is sent again
        3.3.1-2 no DUP with QoS 0 @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        3.3.1-3 DUP is of one hop @ DeliveryTests.Publish_QoS2_GoesOnAtPubrelAndOnce
        3.3.1-4 no QoS 3 @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        3.3.1-5 a retained message replaces the one before
        3.3.1-6 an empty one removes it
        3.3.1-7 and is not kept
        3.3.1-8 without the flag nothing is kept or replaced
        3.3.1-9 retain handling 0
        3.3.1-10 retain handling 1
        3.3.1-11 retain handling 2
        3.3.1-12 without retain as published the flag is 0
        3.3.1-13 with it the flag is the sender's
        3.3.2-1 topic name first, UTF-8 @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        3.3.2-2 no wildcards in it @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        3.3.2-3 it matches the subscription @ TopicTests.Tree_RandomSubscriptions_FindsWhatANaiveMatcherFinds
        3.3.2-4 payload format travels unchanged
        3.3.2-5 an expired message is not delivered
        3.3.2-6 the expiry counts down
        3.3.2-7 aliases are of one connection
        3.3.2-8 no alias 0
        3.3.2-9 no alias of a client above the maximum
        3.3.2-10 a client takes aliases up to its maximum - the client takes none and says so
        3.3.2-11 no alias of a server above the maximum @ OutboundWindowTests.Deliver_AliasesAllowed_UsesThem
        3.3.2-12 a server takes aliases up to its maximum
        3.3.2-13 response topic is UTF-8
        3.3.2-14 without wildcards
        3.3.2-15 it travels unchanged @ DeliveryTests.Publish_Properties_TravelTo5
        3.3.2-16 so does correlation data @ DeliveryTests.Publish_Properties_TravelTo5
        3.3.2-17 so do user properties @ DeliveryTests.Publish_Properties_TravelTo5
        3.3.2-18 in their order
        3.3.2-19 content type is UTF-8 @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        3.3.2-20 it travels unchanged @ DeliveryTests.Publish_Properties_TravelTo5
        3.3.4-1 the answer to PUBLISH is its QoS's @ DeliveryTests.Publish_ToASubscriber_ArrivesWithTheLowerQoS DeliveryTests.Publish_QoS2_GoesOnAtPubrelAndOnce
        3.3.4-2 overlapping subscriptions: the highest QoS @ DeliveryTests.Publish_OverlappingSubscriptions_ArrivesOnce
        3.3.4-3 and their identifiers @ DeliveryTests.Publish_OverlappingSubscriptions_ArrivesOnce
        3.3.4-4 all of them in one copy @ DeliveryTests.Publish_OverlappingSubscriptions_ArrivesOnce
        3.3.4-5 each its own in several copies - one copy is sent
        3.3.4-6 a client sends no subscription identifier @ ServerTests.Packet_Wrong_EndsTheConnection
        3.3.4-7 a client keeps to the receive maximum
        3.3.4-8 and delays nothing else
        3.3.4-9 a server keeps to the receive maximum
        3.3.4-10 and delays nothing else @ OutboundWindowTests.Deliver_WindowFull_QueuesInOrder
        3.4.2-1 reason codes of PUBACK
        3.4.2-2 its reason string fits - it is not sent
        3.4.2-3 its user properties fit - they are not sent
        3.5.2-1 reason codes of PUBREC
        3.5.2-2 its reason string fits - it is not sent
        3.5.2-3 its user properties fit - they are not sent
        3.6.1-1 flags of PUBREL @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        3.6.2-1 reason codes of PUBREL
        3.6.2-2 its reason string fits - it is not sent
        3.6.2-3 its user properties fit - they are not sent
        3.7.2-1 reason codes of PUBCOMP
        3.7.2-2 its reason string fits - it is not sent
        3.7.2-3 its user properties fit - they are not sent
        3.8.1-1 flags of SUBSCRIBE @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        3.8.3-1 filters are UTF-8 @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        3.8.3-2 at least one filter @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        3.8.3-3 no local
        3.8.3-4 not with shared subscriptions
        3.8.3-5 reserved option bits
        3.8.4-1 SUBACK answers SUBSCRIBE @ DeliveryTests.Publish_ToASubscriber_ArrivesWithTheLowerQoS
        3.8.4-2 with its id @ DeliveryTests.Publish_ToASubscriber_ArrivesWithTheLowerQoS
        3.8.4-3 the same filter replaces the subscription
        3.8.4-4 and retained messages are sent again
        3.8.4-5 several filters are as several packets @ DeliveryTests.Publish_ToASubscriber_ArrivesWithTheLowerQoS
        3.8.4-6 a code for each @ DeliveryTests.MaySubscribe_No_IsSuback80Or87
        3.8.4-7 which is the QoS or a failure @ DeliveryTests.MaySubscribe_No_IsSuback80Or87
        3.8.4-8 the lower of two QoS @ DeliveryTests.Publish_ToASubscriber_ArrivesWithTheLowerQoS
        3.9.2-1 the reason string of SUBACK fits - it is not sent
        3.9.2-2 its user properties fit - they are not sent
        3.9.3-1 codes in the order of the filters @ DeliveryTests.MaySubscribe_No_IsSuback80Or87
        3.9.3-2 codes of SUBACK @ DeliveryTests.MaySubscribe_No_IsSuback80Or87
        3.10.1-1 flags of UNSUBSCRIBE @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        3.10.3-1 filters are UTF-8 @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        3.10.3-2 at least one filter @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        3.10.4-1 filters are compared letter by letter
        3.10.4-2 nothing new after it
        3.10.4-3 what is under way is completed
        3.10.4-4 UNSUBACK answers
        3.10.4-5 always, with its id
        3.10.4-6 several filters are as several packets
        3.11.2-1 the reason string of UNSUBACK fits - it is not sent
        3.11.2-2 its user properties fit - they are not sent
        3.11.3-1 codes in the order of the filters
        3.11.3-2 codes of UNSUBACK
        3.12.4-1 PINGRESP answers PINGREQ @ ServerTests.Connect_WithPacketsBehind_HandlesThemInOrder
        3.14.0-1 a server sends no DISCONNECT before CONNACK @ ServerTests.Connect_Wrong_EndsAsTheStandardSays
        3.14.1-1 flags of DISCONNECT
        3.14.2-1 reason codes of DISCONNECT
        3.14.2-2 a server sends no session expiry
        3.14.2-3 the reason string fits - it is not sent
        3.14.2-4 user properties fit - they are not sent
        3.14.4-1 nothing after DISCONNECT
        3.14.4-2 but the end of the connection @ ServerTests.Packet_Wrong_EndsTheConnection OldProtocolTests.Publish_BeyondReceiveMaximumAndStaying_IsCut
        3.14.4-3 a normal DISCONNECT discards the will
        3.15.1-1 flags of AUTH
        3.15.2-1 reason codes of AUTH - AUTH is not sent
        3.15.2-2 the reason string fits - AUTH is not sent
        3.15.2-3 user properties fit - AUTH is not sent
        4.1.0-1 session state lasts as long as the connection @ KeptStateTests.Session_Kept_QueuesAndRepeats
        4.1.0-2 and ends with its expiry @ KeptStateTests.Session_Expired_IsForgotten
        4.2.0-1 an ordered, lossless transport @ KestrelTests.Client_OverTcp_PublishesAndReceives KestrelTests.Client_OverTls_PublishesAndReceives
        4.3.1-1 QoS 0 is sent without DUP @ DeliveryTests.Publish_ToASubscriber_ArrivesWithTheLowerQoS
        4.3.2-1 QoS 1: an unused id @ OutboundWindowTests.Deliver_IdsWrap_SkipThoseInUse
        4.3.2-2 sent first without DUP @ DeliveryTests.Publish_ToASubscriber_ArrivesWithTheLowerQoS
        4.3.2-3 unacknowledged until PUBACK @ OutboundWindowTests.Connect_WithMessagesUnderWay_RepeatsThemInOrder
        4.3.2-4 the receiver answers PUBACK @ DeliveryTests.Complete_AnyOrder_AcknowledgesInOrder
        4.3.2-5 and then takes the id as new
        4.3.3-1 QoS 2: an unused id @ OutboundWindowTests.Deliver_IdsWrap_SkipThoseInUse
        4.3.3-2 sent first without DUP @ DeliveryTests.Publish_QoS2_GoesOnAtPubrelAndOnce
        4.3.3-3 unacknowledged until PUBREC @ OutboundWindowTests.Connect_WithMessagesUnderWay_RepeatsThemInOrder
        4.3.3-4 PUBREC is answered with PUBREL @ DeliveryTests.Publish_QoS2_GoesOnAtPubrelAndOnce
        4.3.3-5 unacknowledged until PUBCOMP @ OutboundWindowTests.Connect_WithMessagesUnderWay_RepeatsThemInOrder
        4.3.3-6 no PUBLISH after PUBREL @ OutboundWindowTests.Connect_WithMessagesUnderWay_RepeatsThemInOrder
        4.3.3-7 no expiry of what was sent
        4.3.3-8 the receiver answers PUBREC @ DeliveryTests.Publish_QoS2_GoesOnAtPubrelAndOnce
        4.3.3-9 after a PUBREC with a failure the id is new
        4.3.3-10 a repetition before PUBREL is answered and not delivered
        4.3.3-11 PUBREL is answered with PUBCOMP @ DeliveryTests.Publish_QoS2_GoesOnAtPubrelAndOnce
        4.3.3-12 and then the id is new
        4.3.3-13 the exchange goes on although the message has expired
        4.4.0-1 what is unacknowledged is sent again at the next connection, and only then
        4.4.0-2 not what was answered with a failure @ OutboundWindowTests.Acknowledge_Failure_EndsWithoutDelivered
        4.5.0-1 a message goes to every session that is subscribed @ KeptStateTests.Session_Kept_QueuesAndRepeats
        4.5.0-2 a client acknowledges whatever comes @ ClientTests.Publish_ToOneself_Arrives
        4.6.0-1 sent again in the first order @ OutboundWindowTests.Connect_WithMessagesUnderWay_RepeatsThemInOrder
        4.6.0-2 PUBACKs in order
        4.6.0-3 PUBRECs in order @ InboundWindowTests.Completed_OutOfOrder_AcknowledgesInOrder
        4.6.0-4 PUBRELs in the order of PUBRECs @ OutboundWindowTests.Acknowledge_QoS1And2_ReportsTheTagOnceDone
        4.6.0-5 messages of a topic and a client in order @ OutboundWindowTests.Deliver_WindowFull_QueuesInOrder
        4.6.0-6 every topic is ordered @ OutboundWindowTests.Deliver_WindowFull_QueuesInOrder
        4.7.0-1 no wildcards in topic names @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        4.7.1-1 where # may stand @ TopicTests.TryParse_Filter_AsTheStandardSays
        4.7.1-2 where + may stand @ TopicTests.TryParse_Filter_AsTheStandardSays
        4.7.2-1 a first wildcard does not match $ @ TopicTests.Matches_ExamplesOfTheStandard_AsItSays
        4.7.3-1 names and filters are not empty @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        4.7.3-2 and have no U+0000 @ PacketTests.Decode_Malformed_IsRefusedInEveryShape
        4.7.3-3 and at most 65,535 bytes - two bytes of length cannot say more
        4.7.3-4 and are not normalised @ TopicTests.Tree_RandomSubscriptions_FindsWhatANaiveMatcherFinds
        4.8.2-1 $share and a name
        4.8.2-2 what the name may hold
        4.8.2-3 the granted QoS of a shared subscription @ DeliveryTests.Publish_SharedSubscription_GoesToOneMemberInTurn
        4.8.2-4 a QoS 2 message is completed with the member that has it
        4.8.2-5 and with no other - what a session holds goes nowhere else and ends with it
        4.8.2-6 a member's refusal discards the message @ OutboundWindowTests.Acknowledge_Failure_EndsWithoutDelivered
        4.9.0-1 the send quota is the receive maximum @ OutboundWindowTests.Deliver_WindowFull_QueuesInOrder
        4.9.0-2 none is sent above it @ OutboundWindowTests.Deliver_WindowFull_QueuesInOrder
        4.9.0-3 other packets are handled meanwhile @ OutboundWindowTests.Deliver_WindowFull_QueuesInOrder
        4.12.0-1 an unknown authentication method is refused @ ServerTests.Connect_Wrong_EndsAsTheStandardSays
        4.12.0-2 AUTH of the server - enhanced authentication is not offered
        4.12.0-3 AUTH of the client - enhanced authentication is not offered
        4.12.0-4 a refusal in between - enhanced authentication is not offered
        4.12.0-5 the method is repeated - enhanced authentication is not offered
        4.12.0-6 a server sends no AUTH that was not asked for @ ServerTests.Connect_5_IsToldTheLimits
        4.12.0-7 nor does a client @ ServerTests.Packet_Wrong_EndsTheConnection
        4.12.1-1 the method of a re-authentication - enhanced authentication is not offered
        4.12.1-2 a failed re-authentication ends the connection - enhanced authentication is not offered
        4.13.1-1 malformed packets and protocol errors end the connection @ ServerTests.Packet_Wrong_EndsTheConnection
        4.13.2-1 so does any failure in CONNACK or DISCONNECT @ ServerTests.Connect_Refused_AnswersAndCloses
        6.0.0-1 WebSocket: binary frames - the gateway's listener: WebSocketTests of DeviceGateway.Tests
        6.0.0-2 packets across frames - the gateway's listener: WebSocketTests of DeviceGateway.Tests
        6.0.0-3 a client asks for mqtt - the gateway's listener: WebSocketTests of DeviceGateway.Tests
        6.0.0-4 a server answers mqtt - the gateway's listener: WebSocketTests of DeviceGateway.Tests
        """;
}
