"""A mail server and a provider of texts in a bad mood: python3 moody.py SMTPPORT HTTPPORT FILE SEED

Debian's python3-aiosmtpd and Python's own HTTP on loopback. A third of everything is not taken, each time in another way: turned away at once, at the receiver, after
the whole message, with the link cut before it is taken, and with the link cut after it was. Each notice that was taken is one line of FILE: {"by": "mail"|"text",
"id": its id, "cut": whether the sender was not told}.
"""
import asyncio
import email
import email.policy
import json
import random
import sys

from aiosmtpd.smtp import SMTP

smtp_port, http_port, file, seed = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
dice = random.Random(seed)
taken = open(file, "a", encoding="utf-8")


def mood():
    """What is done with this one; None: it is taken."""
    return dice.choice(["at once", "receiver", "late", "cut before", "cut after"]) if dice.random() < 1 / 3 else None


def take(by, notice, cut):
    taken.write(json.dumps({"by": by, "id": notice, "cut": cut}) + "\n")
    taken.flush()


class Mailbox:
    async def handle_RCPT(self, server, session, envelope, address, options):
        session.mood = mood()
        if session.mood == "receiver":
            return "450 4.2.1 not now"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if session.mood == "late":
            return "451 4.3.0 not now"
        if session.mood != "cut before":
            message = email.message_from_bytes(envelope.content, policy=email.policy.default)
            take("mail", str(message["message-id"])[1:].split("@")[0], session.mood == "cut after")
        if session.mood in ("cut before", "cut after"):
            server.transport.abort()
        return "250 OK"


class Refusal(asyncio.Protocol):
    def connection_made(self, transport):
        transport.write(b"421 4.3.2 not now\r\n")
        transport.close()


def session():
    return Refusal() if dice.random() < 1 / 15 else SMTP(Mailbox(), hostname="mail.example.org", enable_SMTPUTF8=True)


async def texts(reader, writer):
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            length = next(int(line.split(":")[1]) for line in head if line.lower().startswith("content-length:"))
            body = await reader.readexactly(length)
            kind = mood()
            if kind is None or kind == "cut after":
                take("text", json.loads(body)["reference"], kind is not None)
            if kind in ("cut before", "cut after"):
                writer.transport.abort()
                return
            answer = {None: "202 Accepted", "at once": "503 Service Unavailable", "receiver": "429 Too Many Requests", "late": "500 Internal Server Error"}[kind]
            writer.write(f"HTTP/1.1 {answer}\r\ncontent-length: 0\r\n\r\n".encode())
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    mails = await asyncio.get_running_loop().create_server(session, "127.0.0.1", smtp_port)
    provider = await asyncio.start_server(texts, "127.0.0.1", http_port)
    print("listening", flush=True)
    await asyncio.gather(mails.serve_forever(), provider.serve_forever())


asyncio.run(main())
