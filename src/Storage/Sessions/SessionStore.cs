namespace B2D.Storage.Sessions;

/// <summary>Names one row of what belongs to a session: a subscription or delivery by its number, an accepted id by itself.</summary>
public readonly record struct OfSession(long Session, long Number);

/// <summary>
/// MQTT sessions that outlive their connection, and retained messages. What is written in one transaction may come in any order, since no number
/// is used twice, but what is removed comes after what is put.
/// </summary>
public static class SessionStore
{
    /// <summary>Writes or replaces sessions.</summary>
    public static void Put(Db db, IReadOnlyCollection<SessionRow> rows) => db.Execute(
        $"""
        INSERT INTO sessions ({Columns<SessionRow>.All}) VALUES ({Columns<SessionRow>.Values})
        ON CONFLICT (id) DO UPDATE SET {Columns<SessionRow>.Assignments}
        """,
        rows);

    /// <summary>Removes sessions with all that is theirs; messages stay.</summary>
    public static void Remove(Db db, IReadOnlyCollection<long> sessions)
    {
        var args = sessions.Select(id => new { id }).ToArray();
        db.Execute("DELETE FROM sessions WHERE id = @id", args);
        db.Execute("DELETE FROM subscriptions WHERE session = @id", args);
        db.Execute("DELETE FROM deliveries WHERE session = @id", args);
        db.Execute("DELETE FROM accepted WHERE session = @id", args);
    }

    /// <summary>Writes or replaces subscriptions.</summary>
    public static void Put(Db db, IReadOnlyCollection<SubscriptionRow> rows) => db.Execute(
        $"""
        INSERT INTO subscriptions ({Columns<SubscriptionRow>.All}) VALUES ({Columns<SubscriptionRow>.Values})
        ON CONFLICT (session, number) DO UPDATE SET filter = excluded.filter, qos = excluded.qos, no_local = excluded.no_local,
          retain_as_published = excluded.retain_as_published, identifier = excluded.identifier
        """,
        rows);

    public static void RemoveSubscriptions(Db db, IReadOnlyCollection<OfSession> subscriptions) =>
        db.Execute("DELETE FROM subscriptions WHERE session = @Session AND number = @Number", Boxed(subscriptions));

    /// <summary>Writes messages; each once.</summary>
    public static void Put(Db db, IReadOnlyCollection<MessageRow> rows) => db.Execute(
        $"INSERT INTO messages ({Columns<MessageRow>.All}) VALUES ({Columns<MessageRow>.Values})", rows);

    /// <summary>Messages are retained from now on, or not any more.</summary>
    public static void SetRetained(Db db, IReadOnlyCollection<long> messages, bool retained) =>
        db.Execute("UPDATE messages SET retained = @retained WHERE id = @id", messages.Select(id => new { id, retained }).ToArray());

    public static void RemoveMessages(Db db, IReadOnlyCollection<long> messages) =>
        db.Execute("DELETE FROM messages WHERE id = @id", messages.Select(id => new { id }).ToArray());

    /// <summary>Writes deliveries; each once.</summary>
    public static void Put(Db db, IReadOnlyCollection<DeliveryRow> rows) => db.Execute(
        $"INSERT INTO deliveries ({Columns<DeliveryRow>.All}) VALUES ({Columns<DeliveryRow>.Values})", rows);

    /// <summary>Deliveries that waited are sent under these packet ids.</summary>
    public static void SetSent(Db db, IReadOnlyCollection<DeliveryRow> rows) =>
        db.Execute("UPDATE deliveries SET packet_id = @PacketId WHERE session = @Session AND number = @Number", rows);

    /// <summary>Clients have these messages.</summary>
    public static void SetReceived(Db db, IReadOnlyCollection<OfSession> deliveries) =>
        db.Execute("UPDATE deliveries SET received = TRUE WHERE session = @Session AND number = @Number", Boxed(deliveries));

    public static void RemoveDeliveries(Db db, IReadOnlyCollection<OfSession> deliveries) =>
        db.Execute("DELETE FROM deliveries WHERE session = @Session AND number = @Number", Boxed(deliveries));

    /// <summary>Writes or replaces accepted ids.</summary>
    public static void Put(Db db, IReadOnlyCollection<AcceptedRow> rows) => db.Execute(
        $"""
        INSERT INTO accepted ({Columns<AcceptedRow>.All}) VALUES ({Columns<AcceptedRow>.Values})
        ON CONFLICT (session, packet_id) DO UPDATE SET packet = excluded.packet
        """,
        rows);

    public static void RemoveAccepted(Db db, IReadOnlyCollection<OfSession> ids) =>
        db.Execute("DELETE FROM accepted WHERE session = @Session AND packet_id = @Number", Boxed(ids));

    /// <summary>In order of id, after <paramref name="after"/>.</summary>
    public static IReadOnlyList<SessionRow> Sessions(Db db, long after = 0, int limit = Page.MaxRows) =>
        db.Query<SessionRow>($"SELECT {Columns<SessionRow>.All} FROM sessions WHERE id > @after ORDER BY id LIMIT {Page.Rows(limit)}", new { after });

    /// <inheritdoc cref="Sessions"/>
    public static IReadOnlyList<MessageRow> Messages(Db db, long after = 0, int limit = Page.MaxRows) =>
        db.Query<MessageRow>($"SELECT {Columns<MessageRow>.All} FROM messages WHERE id > @after ORDER BY id LIMIT {Page.Rows(limit)}", new { after });

    /// <summary>In order of session and number, after <paramref name="after"/>.</summary>
    public static IReadOnlyList<SubscriptionRow> Subscriptions(Db db, OfSession after = default, int limit = Page.MaxRows) =>
        db.Query<SubscriptionRow>(
            $"""
            SELECT {Columns<SubscriptionRow>.All} FROM subscriptions WHERE (session, number) > (@Session, @Number)
            ORDER BY session, number LIMIT {Page.Rows(limit)}
            """,
            after);

    /// <inheritdoc cref="Subscriptions"/>
    public static IReadOnlyList<DeliveryRow> Deliveries(Db db, OfSession after = default, int limit = Page.MaxRows) =>
        db.Query<DeliveryRow>(
            $"""
            SELECT {Columns<DeliveryRow>.All} FROM deliveries WHERE (session, number) > (@Session, @Number)
            ORDER BY session, number LIMIT {Page.Rows(limit)}
            """,
            after);

    /// <summary>In order of session and packet id, after <paramref name="after"/>.</summary>
    public static IReadOnlyList<AcceptedRow> Accepted(Db db, OfSession after = default, int limit = Page.MaxRows) =>
        db.Query<AcceptedRow>(
            $"""
            SELECT {Columns<AcceptedRow>.All} FROM accepted WHERE (session, packet_id) > (@Session, @Number)
            ORDER BY session, packet_id LIMIT {Page.Rows(limit)}
            """,
            after);

    private static object[] Boxed(IReadOnlyCollection<OfSession> rows) => [.. rows.Select(r => (object)new { r.Session, r.Number })];
}
