"""A mail server: python3 mailbox.py PORT FOLDER REFUSED

Debian's python3-aiosmtpd on loopback. Every mail becomes FOLDER/mail-N.json as Python's own mail parser reads it.
The first REFUSED connections are turned away with 421, each noted as FOLDER/refused-N.
"""
import asyncio
import email
import email.policy
import json
import os
import sys

from aiosmtpd.smtp import SMTP

port, folder, refused = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
count = {"mail": 0, "refused": 0}


class Mailbox:
    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        body = message.get_body(preferencelist=("plain",))
        count["mail"] += 1
        mail = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": {name.lower(): str(value) for name, value in message.items()},
            "text": body.get_content() if body else "",
        }
        path = os.path.join(folder, f"mail-{count['mail']}.json")
        with open(path + ".part", "w", encoding="utf-8") as file:
            json.dump(mail, file)
        os.rename(path + ".part", path)
        return "250 OK"


class Refusal(asyncio.Protocol):
    def connection_made(self, transport):
        transport.write(b"421 4.3.2 not now\r\n")
        transport.close()


def session():
    if count["refused"] < refused:
        count["refused"] += 1
        open(os.path.join(folder, f"refused-{count['refused']}"), "w").close()
        return Refusal()
    return SMTP(Mailbox(), hostname="mail.example.org", enable_SMTPUTF8=True)


async def main():
    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", port)
    print("listening", flush=True)
    await server.serve_forever()


asyncio.run(main())
