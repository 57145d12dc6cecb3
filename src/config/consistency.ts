import { isLoopback } from './addresses.js';
import type { OptionValues } from './config.js';
import { OPTIONS, type OptionKey } from './options.js';
import type { ConfigProblem } from './problems.js';

export interface Consistency {
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly string[];
}

type Where = (key: OptionKey) => string;

/** Checks that need more than one option. */
export function checkTogether(values: OptionValues, where: Where): Consistency {
  return {
    problems: [
      ...portRange(values, where),
      ...interfaceNames(values, where),
      ...listeners(values, where),
      ...profileInterfaces(values, where),
    ],
    warnings: [...controlReach(values), ...httpReach(values), ...weakPolicy(values)],
  };
}

function problem(key: OptionKey, where: Where, what: string, right: string): ConfigProblem {
  return { option: OPTIONS[key].name, where: where(key), what, right };
}

function portRange(values: OptionValues, where: Where): ConfigProblem[] {
  // RTP on an even port and RTCP on the next one: the least that one leg can need.
  if (values.portMax > values.portMin) return [];
  return [problem('portMax', where, `is ${values.portMax}, port-min is ${values.portMin}`, 'a port above port-min')];
}

function interfaceNames(values: OptionValues, where: Where): ConfigProblem[] {
  if (values.interfaces.length === 0) return [problem('interfaces', where, 'is empty', 'at least one interface')];
  const seen = new Set<string>();
  return values.interfaces.flatMap(({ name, family }) => {
    const key = `${name} ${family}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew
      ? []
      : [problem('interfaces', where, `names ${name} twice for ${family}`, 'one address of each family for a name')];
  });
}

function listeners(values: OptionValues, where: Where): ConfigProblem[] {
  if (values.listenNg.length + values.listenNgTcp.length > 0 || values.listenHttp !== null) return [];
  return [
    problem(
      'listenNg',
      where,
      'is empty, and so are listen-ng-tcp and listen-http',
      'at least one place to be controlled from',
    ),
  ];
}

function profileInterfaces(values: OptionValues, where: Where): ConfigProblem[] {
  const names = new Set(values.interfaces.map(({ name }) => name));
  return Object.entries(values.trunkProfiles).flatMap(([profile, settings]) =>
    settings.interface === undefined || names.has(settings.interface)
      ? []
      : [
          problem(
            'trunkProfiles',
            where,
            `profile ${profile} names interface ${settings.interface}`,
            `one of ${[...names].join(', ')}`,
          ),
        ],
  );
}

function controlReach(values: OptionValues): string[] {
  const outside = [...values.listenNg, ...values.listenNgTcp].filter(({ address }) => !isLoopback(address));
  const onlyLoopback =
    values.ngAllow.length > 0 && values.ngAllow.every((network) => isLoopback(network.split('/')[0] ?? ''));
  if (outside.length > 0 && values.ngAllow.length === 0) {
    return ['the control protocol listens beyond loopback and ng-allow is empty: whoever reaches it can steer calls'];
  }
  if (outside.length === 0 || !onlyLoopback) return [];
  return [
    'the control protocol listens beyond loopback, yet ng-allow holds only loopback networks: no other machine will be answered',
  ];
}

function httpReach(values: OptionValues): string[] {
  if (values.listenHttp === null || isLoopback(values.listenHttp.address) || values.httpToken !== null) return [];
  return [
    'HTTP listens beyond loopback without http-token: calls and metrics can be read by whoever reaches it; changes are taken from loopback only',
  ];
}

function weakPolicy(values: OptionValues): string[] {
  const weak = (['allowUnencryptedSrtp', 'allowUnencryptedSrtcp', 'allowUnauthenticatedSrtp'] as const).filter(
    (key) => values[key],
  );
  return weak.map((key) => `${OPTIONS[key].name} is on: peers may switch off a protection of SRTP`);
}
