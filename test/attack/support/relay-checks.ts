import { expect } from 'vitest';
import { openNgClient, type Anchor } from '../../support/anchor.js';
import { httpRequest, readMetrics, total } from '../../support/metrics.js';
import { waitFor } from '../../support/wait.js';

export async function expectPong(anchor: Anchor): Promise<void> {
  const client = await openNgClient(anchor);
  expect((await client.ok({ command: 'ping' })).result).toBe('pong');
  await client.close();
}

/** Every datagram that was read was forwarded or dropped for one reason. */
export async function expectBalance(anchor: Anchor): Promise<void> {
  const samples = await readMetrics(anchor);
  const accounted =
    total(samples, 'srtp_anchor_packets_total', { direction: 'in' }) +
    total(samples, 'srtp_anchor_packets_dropped_total');
  expect(total(samples, 'srtp_anchor_datagrams_received_total')).toBe(accounted);
}

/** Failures to send that were reported, by the system's name of the reason. */
export async function sendErrors(anchor: Anchor): Promise<Record<string, number>> {
  const samples = (await readMetrics(anchor)).filter(
    ({ name, value }) => name === 'srtp_anchor_socket_tx_errors_total' && value > 0,
  );
  return Object.fromEntries(samples.map(({ labels, value }) => [labels['errno'] ?? '', value]));
}

/** Waits until /healthz answers `status`, two seconds at most: what the operator is promised. Answers its body. */
export async function expectHealth(anchor: Anchor, status: 200 | 503): Promise<string> {
  const reached = async (): Promise<string | false> => {
    const reply = await httpRequest(anchor, '/healthz');
    return reply.status === status && reply.body;
  };
  return waitFor(`/healthz to answer ${status}`, reached, { timeoutMilliseconds: 2_000 });
}
