// Answers a secure offer and relays its audio to a plain RTP endpoint inside: what a voice bot in Node.js needs.
//
//   node examples/relay-a-secure-offer.mjs OFFER.sdp 127.0.0.1:4000
//
// Prints the answer, then the counters once a second until interrupted (or for the seconds in the third argument).
import { readFileSync } from 'node:fs';
import { negotiate, Relay } from 'srtp-anchor';

const [offerFile, inside = '127.0.0.1:4000', seconds = 'Infinity'] = process.argv.slice(2);
const [insideAddress, insidePort] = inside.split(':');
const address = '127.0.0.1';

const relay = new Relay({ onEvent: (event) => console.error(event.kind, event.detail) });
const facing = { outside: open(), inside: open() };

const result = negotiate(readFileSync(offerFile, 'latin1'), { local: [{ address, rtpPort: facing.outside.number }] });
if (!result.ok) {
  console.error(result.error.message);
  process.exit(1);
}
const [audio] = result.value.media;
facing.outside.configure({ ...audio, remote: audio.remoteRtp, peer: facing.inside });
facing.inside.configure({ remote: { address: insideAddress, port: Number(insidePort) }, peer: facing.outside });
console.log(result.value.answer);

const show = setInterval(
  () => console.error(JSON.stringify({ outside: facing.outside.counters(), inside: facing.inside.counters() })),
  1_000,
);
if (Number.isFinite(Number(seconds))) setTimeout(end, Number(seconds) * 1_000);
process.on('SIGINT', end);

function open() {
  const opened = relay.openPort({ address });
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
}

function end() {
  clearInterval(show);
  relay.close();
}
