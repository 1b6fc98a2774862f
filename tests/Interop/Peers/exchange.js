// An exchange of npm's mqtt with a server: node exchange.js MODULES VERSION URL COUNT [CAFILE]
//
// MODULES is the folder of node_modules, VERSION is 4 (3.1.1) or 5. One client subscribes with QoS 2, another publishes COUNT messages of each QoS, one of
// them retained, and then breaks its connection so that its will is published. Prints what came as JSON.
const [modules, version, url, count, ca] = process.argv.slice(2);
const mqtt = require(require('path').join(modules, 'mqtt'));
const fs = require('fs');

const five = version === '5';
const common = { protocolVersion: Number(version), clean: true, reconnectPeriod: 0, ca: ca ? fs.readFileSync(ca) : undefined };
const properties = { contentType: 'text/plain', responseTopic: 'answers', correlationData: Buffer.from([0, 255]), userProperties: { a: ['1', '2'] } };

async function listen(clientId, topic) {
  const client = await mqtt.connectAsync(url, { ...common, clientId });
  const got = [];
  let news = () => {};
  client.on('message', (name, payload, packet) => {
    got.push({ topic: name, text: payload.toString(), qos: packet.qos, retain: packet.retain, properties: packet.properties });
    news();
  });
  const has = (number) => new Promise((resolve) => {
    news = () => { if (got.length >= number) resolve(); };
    news();
  });
  await client.subscribeAsync(topic, { qos: 2 });
  return { client, got, has };
}

async function main() {
  const number = Number(count);
  const listener = await listen('listener', 't/#');
  const sender = await mqtt.connectAsync(url, { ...common, clientId: 'sender', will: { topic: 't/will', payload: Buffer.from('gone'), qos: 2, retain: false } });
  sender.on('error', () => {});
  const options = five ? { properties } : {};
  const sent = [];
  for (const qos of [0, 1, 2]) for (let n = 0; n < number; n++) sent.push(sender.publishAsync(`t/${qos}`, String(n), { qos, ...options }));
  sent.push(sender.publishAsync('t/kept', 'kept', { qos: 1, retain: true }));
  await Promise.all(sent);
  await listener.has(3 * number + 1);
  sender.stream.destroy();
  await listener.has(3 * number + 2);
  const newcomer = await listen('newcomer', 't/kept');
  await newcomer.has(1);
  const texts = (topic) => listener.got.filter((m) => m.topic === topic).map((m) => m.text);
  const first = listener.got[0].properties;
  console.log(JSON.stringify({
    texts: { 't/0': texts('t/0'), 't/1': texts('t/1'), 't/2': texts('t/2'), 't/will': texts('t/will') },
    qos: [...new Set(listener.got.map((m) => `${m.topic} ${m.qos}`))].sort(),
    retained: newcomer.got.map((m) => [m.text, m.retain]),
    properties: five ? [first.contentType, first.responseTopic, first.correlationData.toString('hex'), first.userProperties] : null,
  }));
  await Promise.all([listener.client.endAsync(), newcomer.client.endAsync()]);
}

main().catch((e) => { console.error(e); process.exit(1); });
