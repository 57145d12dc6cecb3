import type { LimitedLog } from '../log/limited-log.js';
import type { MetricsRecorder } from '../metrics/recorder.js';
import type { RelayEvent } from '../relay/addon.js';
import type { MediaPort } from '../relay/media-port.js';

const LEVELS = {
  closed: 'trace',
  address_learned: 'debug',
  auth_failing: 'warn',
  key_limit: 'warn',
  socket_error: 'warn',
  roc_resync: 'info',
} as const satisfies Record<RelayEvent['kind'], string>;

/** Logs and counts what the workers report; what strangers on the network can cause is rate-limited. */
export function relayEventLog(
  log: LimitedLog,
  recorder: () => MetricsRecorder,
): (event: RelayEvent, port: MediaPort) => void {
  return (event, port) => {
    if (event.kind === 'socket_error') recorder().socketError(event.detail);
    log.log(LEVELS[event.kind], `media-${event.kind.replaceAll('_', '-')}`, {
      localPort: port.number,
      worker: event.worker,
      detail: event.detail,
    });
  };
}
