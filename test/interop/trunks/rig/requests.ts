import { randomUUID } from 'node:crypto';
import type { SipMessage } from '../../../support/sip-message.js';
import { SipDialog, type SipAgent } from '../../../support/sip-agent.js';

export interface RequestOptions {
  readonly body?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Instead of the agent's own URI in From. */
  readonly from?: string;
  /** Instead of the target in To. */
  readonly to?: string;
}

/** Any request outside a dialogue. */
export async function sendRequest(
  agent: SipAgent,
  method: string,
  target: string,
  options: RequestOptions = {},
): Promise<SipDialog> {
  const dialog = new SipDialog(agent, {
    callId: randomUUID(),
    local: `<${options.from ?? agent.uri}>;tag=${randomUUID().slice(0, 8)}`,
    remote: `<${options.to ?? target}>`,
    target,
    routes: [],
  });
  await dialog.request(method, options.body ?? '', options.headers ?? []);
  return dialog;
}

/** An answer to a request outside a dialogue. */
export async function respondTo(
  agent: SipAgent,
  request: SipMessage,
  start: string,
  headers: SipMessage['headers'] = [],
): Promise<void> {
  const echoed = request.headers.filter(([name]) => ['via', 'from', 'to', 'call-id', 'cseq'].includes(name));
  await agent.send({ start, headers: [...echoed, ...headers], body: '' });
}
