// A device on npm's mqtt: node device.js MODULES VERSION URL DEVICE PASSWORD [CAFILE]
//
// VERSION is 4 (3.1.1) or 5; URL says the transport (mqtt, mqtts, ws, wss). Subscribes to its commands, says "ready", answers the first command with ok, prints it
// and ends: what device.py does on Paho.
const [modules, version, url, device, password, ca] = process.argv.slice(2);
const mqtt = require(require('path').join(modules, 'mqtt'));
const fs = require('fs');

async function main() {
  const client = await mqtt.connectAsync(url, {
    protocolVersion: Number(version), clientId: device, username: device, password, reconnectPeriod: 0, ca: ca ? fs.readFileSync(ca) : undefined,
  });
  client.on('message', async (topic, payload, packet) => {
    console.log(JSON.stringify({ topic, qos: packet.qos, payload: JSON.parse(payload.toString()) }));
    await client.publishAsync(`${topic}/reply`, JSON.stringify({ status: 'ok', detail: `done by npm's mqtt ${version}` }), { qos: 1 });
    await client.endAsync();
  });
  await client.subscribeAsync(`devices/${device}/commands/+`, { qos: 1 });
  console.log('ready');
}

main().catch((e) => { console.error(e); process.exit(1); });
