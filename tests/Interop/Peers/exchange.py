"""An exchange of Debian's python3-paho-mqtt with a server: python3 exchange.py VERSION PORT COUNT

VERSION is 31, 311 or 5. One client subscribes with QoS 2, another publishes COUNT messages of each QoS, one of them retained, and then breaks its
connection so that its will is published. Prints what came as JSON: texts by topic, the retained flag that a newcomer sees, properties of 5.0.
"""
import json
import sys
import threading

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

version, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
protocol = {"31": mqtt.MQTTv31, "311": mqtt.MQTTv311, "5": mqtt.MQTTv5}[version]
PATIENCE = 20


class Client(mqtt.Client):
    """A connected client that notes what comes."""

    def __init__(self, name, will=None):
        super().__init__(client_id=name, protocol=protocol)
        self.ready, self.subscribed, self.got = threading.Event(), threading.Event(), []
        self.news = threading.Condition()
        self.on_connect = lambda *_: self.ready.set()
        self.on_subscribe = lambda *_: self.subscribed.set()
        self.on_message = self.came
        if will:
            self.will_set(*will)
        self.connect("127.0.0.1", port, keepalive=30)
        self.loop_start()
        assert self.ready.wait(PATIENCE), f"{name} is not connected"

    def came(self, client, userdata, message):
        with self.news:
            self.got.append(message)
            self.news.notify_all()

    def listen(self, topic):
        self.subscribed.clear()
        self.subscribe(topic, 2)
        assert self.subscribed.wait(PATIENCE), "no SUBACK"

    def wait_for(self, number):
        with self.news:
            assert self.news.wait_for(lambda: len(self.got) >= number, PATIENCE), f"{len(self.got)} of {number} messages came"


def texts(messages, topic):
    return [m.payload.decode() for m in messages if m.topic == topic]


listener = Client("listener")
listener.listen("t/#")
sender = Client("sender", ("t/will", "gone", 2, False))
properties = None
if version == "5":
    properties = Properties(PacketTypes.PUBLISH)
    properties.ContentType, properties.UserProperty = "text/plain", [("a", "1"), ("a", "2")]
sent = [sender.publish(f"t/{qos}", str(n), qos, properties=properties) for qos in (0, 1, 2) for n in range(count)]
sent.append(sender.publish("t/kept", "kept", 1, retain=True))
for publish in sent:
    publish.wait_for_publish(PATIENCE)
listener.wait_for(3 * count + 1)
# Without DISCONNECT.
sender.loop_stop()
sender.socket().close()
listener.wait_for(3 * count + 2)
newcomer = Client("newcomer")
newcomer.listen("t/kept")
newcomer.wait_for(1)
first = listener.got[0]
print(json.dumps({
    "texts": {topic: texts(listener.got, topic) for topic in ("t/0", "t/1", "t/2", "t/will")},
    "qos": sorted({(m.topic, m.qos) for m in listener.got}),
    "retained": [[m.payload.decode(), bool(m.retain)] for m in newcomer.got],
    "properties": [first.properties.ContentType, first.properties.UserProperty] if version == "5" else None,
}))
for client in (listener, newcomer):
    client.disconnect()
    client.loop_stop()
