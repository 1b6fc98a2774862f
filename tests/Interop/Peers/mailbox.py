"""A mail server: python3 mailbox.py PORT FOLDER REFUSED [starttls|tls CERTIFICATE USER PASSWORD]

Debian's python3-aiosmtpd on loopback. Every mail becomes FOLDER/mail-N.json as Python's own mail parser reads it.
The first REFUSED connections are turned away with 421, each noted as FOLDER/refused-N. With cut-N in its place the first N mails are taken, and the
connection is gone before the answer.
With starttls or tls it takes mail over TLS only, and only from USER with PASSWORD; CERTIFICATE is a PEM file with the key.
"""
import asyncio
import email
import email.policy
import json
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

port, folder = int(sys.argv[1]), sys.argv[2]
cut = int(sys.argv[3][4:]) if sys.argv[3].startswith("cut-") else 0
refused = 0 if cut else int(sys.argv[3])
mode, certificate, user, password = sys.argv[4:8] if len(sys.argv) > 4 else ("", "", "", "")
tls = None
if mode:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
count = {"mail": 0, "refused": 0}


class Mailbox:
    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        body = message.get_body(preferencelist=("plain",))
        html = message.get_body(preferencelist=("html",))
        count["mail"] += 1
        mail = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": {name.lower(): str(value) for name, value in message.items()},
            "text": body.get_content() if body else "",
            "html": html.get_content() if html else "",
            "types": [part.get_content_type() for part in message.walk()],
            "encrypted": session.ssl is not None or mode == "tls",
            "user": session.auth_data.login.decode() if session.authenticated else "",
        }
        path = os.path.join(folder, f"mail-{count['mail']}.json")
        with open(path + ".part", "w", encoding="utf-8") as file:
            json.dump(mail, file)
        os.rename(path + ".part", path)
        if count["mail"] <= cut:
            server.transport.abort()
        return "250 OK"


class Refusal(asyncio.Protocol):
    def connection_made(self, transport):
        transport.write(b"421 4.3.2 not now\r\n")
        transport.close()


def sign_in(server, session, envelope, mechanism, data):
    return AuthResult(success=data.login == user.encode() and data.password == password.encode(), handled=False, auth_data=data)


def session():
    if count["refused"] < refused:
        count["refused"] += 1
        open(os.path.join(folder, f"refused-{count['refused']}"), "w").close()
        return Refusal()
    if not mode:
        return SMTP(Mailbox(), hostname="mail.example.org", enable_SMTPUTF8=True)
    # It does not know of a TLS that was there before it.
    by_starttls = mode == "starttls"
    return SMTP(Mailbox(), hostname="mail.example.org", enable_SMTPUTF8=True, tls_context=tls if by_starttls else None, require_starttls=by_starttls,
                auth_required=True, auth_require_tls=by_starttls, authenticator=sign_in)


async def main():
    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", port, ssl=tls if mode == "tls" else None)
    print("listening", flush=True)
    await server.serve_forever()


asyncio.run(main())
