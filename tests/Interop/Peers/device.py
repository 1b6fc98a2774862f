"""A device on Debian's python3-paho-mqtt: python3 device.py VERSION PORT DEVICE PASSWORD [CAFILE [TRANSPORT]]

VERSION is 311 or 5. CAFILE is empty for no TLS. TRANSPORT is tcp or websockets, at the path /mqtt. Subscribes to its commands, says "ready", answers the first command with ok, prints it and ends.
"""
import json
import ssl
import sys

import paho.mqtt.client as mqtt

version, port, device, password = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
transport = sys.argv[6] if len(sys.argv) > 6 else "tcp"
client = mqtt.Client(client_id=device, protocol=mqtt.MQTTv5 if version == "5" else mqtt.MQTTv311, transport=transport)
client.username_pw_set(device, password)
if len(sys.argv) > 5 and sys.argv[5]:
    client.tls_set(ca_certs=sys.argv[5], tls_version=ssl.PROTOCOL_TLS_CLIENT)
answers = set()


def connected(client, userdata, flags, reason, properties=None):
    if int(getattr(reason, "value", reason)) != 0:
        print(f"refused {reason}", flush=True)
        client.disconnect()
        return
    client.subscribe(f"devices/{device}/commands/+", qos=1)


def subscribed(client, userdata, mid, granted, properties=None):
    print("ready", flush=True)


def came(client, userdata, message):
    print(json.dumps({"topic": message.topic, "qos": message.qos, "payload": json.loads(message.payload)}), flush=True)
    answer = json.dumps({"status": "ok", "detail": f"done by paho {version}"})
    answers.add(client.publish(message.topic + "/reply", answer, qos=1).mid)


def published(client, userdata, mid):
    if mid in answers:
        client.disconnect()


client.on_connect, client.on_subscribe, client.on_message, client.on_publish = connected, subscribed, came, published
client.connect("127.0.0.1", port, keepalive=30)
client.loop_forever()
