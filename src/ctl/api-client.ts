import { err, ok, type Result } from '../shared/result.js';
import type { CtlTarget } from './ctl-command.js';

/** Why a question to the relay failed, and what to look at. */
export interface ApiFailure {
  readonly kind: 'unreachable' | 'not-found' | 'refused' | 'failed';
  readonly text: string;
}

const patienceMilliseconds = 10_000;

/** Asks the HTTP API; the answer is its JSON. */
export async function askRelay<T>(
  target: CtlTarget,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body: unknown = null,
): Promise<Result<T, ApiFailure>> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (target.token !== null) headers['authorization'] = `Bearer ${target.token}`;
  if (body !== null) headers['content-type'] = 'application/json';
  try {
    const response = await fetch(target.url + path, {
      method,
      headers,
      signal: AbortSignal.timeout(patienceMilliseconds),
      redirect: 'error',
      ...(body === null ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return response.ok ? parseAnswer<T>(target, text) : err(refusal(target, response.status, text));
  } catch (error) {
    return err(connectionFailure(target, error));
  }
}

function parseAnswer<T>(target: CtlTarget, text: string): Result<T, ApiFailure> {
  try {
    return ok(JSON.parse(text) as T);
  } catch {
    return err({ kind: 'failed', text: `what answers at ${target.url} is not srtp-anchor: its answer is no JSON` });
  }
}

function refusal(target: CtlTarget, status: number, text: string): ApiFailure {
  const reason = reasonIn(text);
  if (status === 404) return { kind: 'not-found', text: reason };
  if (status === 401)
    return { kind: 'refused', text: `${reason}; give the relay's http-token by --token or SRTP_ANCHOR_TOKEN` };
  if (status === 403) return { kind: 'refused', text: reason };
  return { kind: 'failed', text: `${target.url} answers ${status}: ${reason}` };
}

function reasonIn(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'error' in value) return String(value.error);
  } catch {
    // Plain text, as the refusals before the API are.
  }
  return text.trim().slice(0, 200);
}

function connectionFailure(target: CtlTarget, error: unknown): ApiFailure {
  const code = causeOf(error);
  const advice = `is the relay running with listen-http there? Give another address by --url or SRTP_ANCHOR_URL`;
  if (code === 'ECONNREFUSED') return { kind: 'unreachable', text: `nothing listens at ${target.url}: ${advice}` };
  if (code === 'TimeoutError')
    return {
      kind: 'unreachable',
      text: `${target.url} did not answer within ${patienceMilliseconds / 1_000} s: the relay hangs, or a firewall drops the connection`,
    };
  return { kind: 'unreachable', text: `${target.url} cannot be reached (${code}): ${advice}` };
}

/** undici wraps the system's error. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return error.name === 'TimeoutError' ? error.name : error.message;
}
