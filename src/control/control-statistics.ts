import { COMMAND_TABLE, type CommandName } from './command-table.js';
import type { NgDictionary, NgValue } from './ng-value.js';

/** Proxies counted by address; those that come later share one line. */
const MAX_PROXIES = 64;
const OTHERS = 'others';

/** The incumbent's short names of the commands in `controlstatistics`. */
const COUNTER_NAMES: Record<CommandName, string> = {
  ping: 'ping',
  offer: 'offer',
  answer: 'answer',
  delete: 'delete',
  query: 'query',
  list: 'list',
  statistics: 'stats',
  'block media': 'blkmedia',
  'unblock media': 'unblkmedia',
  'block DTMF': 'blkdtmf',
  'unblock DTMF': 'unblkdtmf',
};

interface ProxyCounters {
  readonly commands: Map<CommandName, { count: number; seconds: number }>;
  errors: number;
}

/** Requests by proxy and command since the start, for the reply to `statistics`. */
export class ControlStatistics {
  readonly #proxies = new Map<string, ProxyCounters>();
  #rejected = 0;

  /** `proxy` is an address without port; `command` is null for what was none. */
  count(proxy: string, command: CommandName | null, failed: boolean, seconds: number): void {
    const counters = this.#countersOf(proxy);
    if (failed) counters.errors++;
    if (command === null) return;
    const entry = counters.commands.get(command) ?? { count: 0, seconds: 0 };
    counters.commands.set(command, { count: entry.count + 1, seconds: entry.seconds + seconds });
  }

  /** An offer was turned away because of a limit. */
  countRejected(): void {
    this.#rejected++;
  }

  get rejectedSessions(): number {
    return this.#rejected;
  }

  #countersOf(proxy: string): ProxyCounters {
    const key = this.#proxies.has(proxy) || this.#proxies.size < MAX_PROXIES ? proxy : OTHERS;
    const present = this.#proxies.get(key);
    if (present !== undefined) return present;
    const created: ProxyCounters = { commands: new Map(), errors: 0 };
    this.#proxies.set(key, created);
    return created;
  }

  toDictionary(): NgDictionary {
    const proxies = [...this.#proxies].map(([proxy, counters]) => proxyDictionary(proxy, counters));
    return new Map<string, NgValue>([['proxies', proxies], ...this.#totals(), ['totalerrorcount', this.#errors()]]);
  }

  #totals(): [string, NgValue][] {
    return commandNames().map((command) => {
      const counts = [...this.#proxies.values()].map((counters) => counters.commands.get(command)?.count ?? 0);
      return [`total${COUNTER_NAMES[command]}count`, sum(counts)];
    });
  }

  #errors(): number {
    return sum([...this.#proxies.values()].map((counters) => counters.errors));
  }
}

function commandNames(): CommandName[] {
  return COMMAND_TABLE.filter((row) => row.refusal === null).map((row) => row.name as CommandName);
}

function proxyDictionary(proxy: string, counters: ProxyCounters): NgDictionary {
  const entries: [string, NgValue][] = [['proxy', proxy]];
  for (const command of commandNames()) {
    const { count, seconds } = counters.commands.get(command) ?? { count: 0, seconds: 0 };
    const name = COUNTER_NAMES[command];
    entries.push([`${name}count`, count], [`${name}duration`, seconds.toFixed(6)]);
  }
  return new Map<string, NgValue>([...entries, ['errorcount', counters.errors]]);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
