import type { Anchor } from '../../support/anchor.js';
import type { Flags } from '../../support/anchored-call.js';
import type { SuiteName } from '../../support/srtp-keys.js';
import { sleep } from '../../support/wait.js';
import { AttackScene, type AttackSceneOptions, type Damage } from './attack-scene.js';

/** The learning modes as a proxy asks for them. */
export const MODES: Readonly<Record<string, Flags>> = {
  'heuristic (default)': {},
  'heuristic, strict-source': { flags: ['strict-source'] },
  immediate: { 'endpoint-learning': ['immediate'] },
  delayed: { 'endpoint-learning': ['delayed'] },
  off: { 'endpoint-learning': ['off'] },
  'media-handover': { flags: ['media-handover'] },
};

export const LEGS: readonly ('plain' | SuiteName)[] = ['plain', 'AES_CM_128_HMAC_SHA1_80', 'AEAD_AES_256_GCM'];

/** Parties and relay are on 127.0.0.1. */
export const ATTACKERS: Readonly<Record<string, string>> = {
  'third address': '127.0.0.66',
  'other port of the party': '127.0.0.1',
};

/** When the attack happens, in the order of the columns. */
export const PHASES = [
  'before media',
  'party silent for 0.6 s',
  'party speaks',
  'mid-call',
  'on hold',
  'hold over, party silent',
  'party speaks again',
] as const;

export type Phase = (typeof PHASES)[number];

export interface MatrixRow {
  readonly leg: 'plain' | SuiteName;
  readonly mode: string;
  readonly attacker: string;
  readonly damage: Readonly<Record<Phase, Damage>>;
  /** The parties hear each other when the attack is over. */
  readonly alive: boolean;
}

/** Within the time for which a stranger is held back. */
const HELD_MILLISECONDS = 350;
const SILENCE_MILLISECONDS = 600;
/** Longer than the default learning window. */
const SETTLE_MILLISECONDS = 3_200;

/** Attacks every mode on every kind of leg from both places; the rows of a leg at the same time. */
export async function measureMatrix(anchor: Anchor): Promise<MatrixRow[]> {
  const rows: MatrixRow[] = [];
  for (const leg of LEGS) {
    const ofLeg = Object.keys(MODES).flatMap((mode) =>
      Object.keys(ATTACKERS).map((attacker) => measureRow(anchor, leg, mode, attacker)),
    );
    rows.push(...(await Promise.all(ofLeg)));
  }
  return rows;
}

async function measureRow(anchor: Anchor, leg: MatrixRow['leg'], mode: string, attacker: string): Promise<MatrixRow> {
  const scene = { leg, options: MODES[mode] ?? {}, attackerAddress: ATTACKERS[attacker] ?? '' };
  const early = await attackTheStart(anchor, scene);
  const late = await attackTheCall(anchor, scene);
  return { leg, mode, attacker, damage: { ...early, ...late.damage }, alive: late.alive };
}

type Early = 'before media' | 'party silent for 0.6 s' | 'party speaks';

/** The attacker is there before the party. */
async function attackTheStart(anchor: Anchor, options: AttackSceneOptions): Promise<Record<Early, Damage>> {
  const scene = await AttackScene.open(anchor, options);
  const before = await scene.attack(false, HELD_MILLISECONDS);
  await sleep(SILENCE_MILLISECONDS);
  const silent = await scene.attack(false);
  const speaks = await scene.attack(true);
  await scene.close();
  return { 'before media': before, 'party silent for 0.6 s': silent, 'party speaks': speaks };
}

/** The call is up before the attacker comes, is held for longer than the learning window, and goes on. */
async function attackTheCall(
  anchor: Anchor,
  options: AttackSceneOptions,
): Promise<{ damage: Record<Exclude<Phase, Early>, Damage>; alive: boolean }> {
  const scene = await AttackScene.open(anchor, options);
  const { call } = scene;
  await scene.talk(SETTLE_MILLISECONDS);
  const mid = await scene.attack(true);
  await call.negotiate(call.from, call.to, { direction: 'inactive' });
  const held = await scene.attack(false);
  await sleep(SETTLE_MILLISECONDS);
  const heldLater = await scene.attack(false);
  await call.negotiate(call.from, call.to);
  const resumed = await scene.attack(false, HELD_MILLISECONDS);
  const again = await scene.attack(true);
  const alive = await scene.heard();
  await scene.close();
  const damage = {
    'mid-call': mid,
    'on hold': add(held, heldLater),
    'hold over, party silent': resumed,
    'party speaks again': again,
  };
  return { damage, alive };
}

function add(a: Damage, b: Damage): Damage {
  return { inject: a.inject + b.inject, bleed: a.bleed + b.bleed, sent: a.sent + b.sent };
}
