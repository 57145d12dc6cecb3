import { COMMAND_TABLE } from '../../../src/control/command-table.js';
import { openNgClient, type Anchor } from '../../support/anchor.js';
import { encodeBencode } from '../../support/bencode.js';
import { httpRequest } from '../../support/metrics.js';
import { ControlWebSocket, postControl } from '../../support/web-control.js';

type Ask = (message: Buffer, cookie: string) => Promise<Buffer>;

/** Their replies hold the key for the party that needs it. */
const CARRY_KEYS = ['offer', 'answer'];
const ENDS_A_CALL = 'delete';

/**
 * The replies to every other command, for every call, over every transport; those that are refused here, too. Each
 * transport ends a call of its own, so that the reply to `delete` is read as well.
 */
export async function readCommandReplies(anchor: Anchor, callIds: readonly string[]): Promise<Buffer[]> {
  const names = COMMAND_TABLE.map(({ name }) => name).filter((name) => !CARRY_KEYS.includes(name));
  const udp = await openNgClient(anchor);
  const webSocket = await ControlWebSocket.open(anchor);
  const transports: Readonly<Record<string, Ask>> = {
    udp: async (message, cookie) => {
      const reply = await udp.exchange(message, cookie, 5_000);
      if (reply === undefined) throw new Error(`no reply to ${cookie}`);
      return reply;
    },
    http: async (message) => (await postControl(anchor, message)).octets,
    plain: async (message, cookie) =>
      (await httpRequest(anchor, '/ng-plain', 'POST', message.subarray(cookie.length + 1))).octets,
    webSocket: async (message) => webSocket.ask(message),
  };
  const replies: Buffer[] = [];
  for (const [index, [transport, ask]] of Object.entries(transports).entries()) {
    for (const name of names) {
      const of = name === ENDS_A_CALL ? callIds.slice(index, index + 1) : callIds.slice(index);
      for (const callId of of) replies.push(await readReply(ask, `${transport}-${name}`, name, callId));
    }
  }
  webSocket.close();
  await udp.close();
  return replies;
}

async function readReply(ask: Ask, way: string, command: string, callId: string): Promise<Buffer> {
  const cookie = `${way.replaceAll(' ', '-')}-${callId}`;
  const reply = await ask(
    Buffer.concat([Buffer.from(`${cookie} `), encodeBencode({ command, 'call-id': callId })]),
    cookie,
  );
  if (!reply.includes('6:result')) throw new Error(`${cookie}: ${reply.toString('latin1', 0, 200)}`);
  return reply;
}
