import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomMasterKey, SrtpSession } from '../../support/srtp.js';
import { sharedRelay } from '../../support/shared-relay.js';
import { RtpStream } from '../../support/stream.js';
import { OutsideDoor } from './outside.js';
import { Talk } from './talk.js';

const SUITE = 'AES_CM_128_HMAC_SHA1_80';
const BROWSER_OPTIONS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'];

const relay = sharedRelay();
let browser: Browser;
let door: OutsideDoor;
let page: Page;

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--headless', ...BROWSER_OPTIONS] });
  door = await OutsideDoor.open(relay.anchor);
  page = await browser.newPage();
});

afterAll(async () => {
  await browser.close();
  await door.close();
});

function text(selector: string): Promise<string> {
  return page.locator(selector).innerText();
}

async function shows(selector: string, wanted: string | RegExp): Promise<void> {
  await expect.poll(() => text(selector), { timeout: 10_000 }).toMatch(wanted);
}

function number(selector: string): Promise<number> {
  return text(selector).then((shown) => Number(shown.replaceAll(',', '')));
}

describe('the live page of a relay with calls', () => {
  it('shows what the call does, follows each change, and its end', async () => {
    const call = await relay.connect('plain', SUITE);
    const talk = new Talk(call);
    await page.goto(door.url);

    await shows('#calls', /^1$/);
    // Two ends, 50 packets a second each.
    await expect.poll(() => number('#rate-in'), { timeout: 10_000 }).toBeGreaterThan(80);
    expect(await number('#rate-in')).toBeLessThan(125);
    expect(await number('#rate-out')).toBeGreaterThan(75);
    expect(await text('#rate-drops')).toBe('0');
    expect(await text('#drops tbody')).toContain('nothing dropped');
    await shows('#call-list tbody', /healthy/);
    const row = await text('#call-list tbody tr');
    expect(row).toContain(`127.0.0.1:${call.from.rtp.local.port} · RTP`);
    expect(row).toContain(`127.0.0.1:${call.to.rtp.local.port} · ${SUITE}`);

    const other = await relay.connect('plain', 'plain');
    await shows('#calls', /^2$/);
    await shows('#call-list tbody', new RegExp(other.callId));

    // Forged packets from the secure end's own address: right header, wrong key.
    const forger = new SrtpSession(randomMasterKey(SUITE));
    for (const packet of new RtpStream({ ssrc: 0xbad }).packets(25))
      await call.to.rtp.send(forger.protectRtp(packet), call.to.anchorRtp);
    await shows('#drops tbody', /auth\s+25\b/);

    await talk.stop();
    await shows('#rate-in', /^0$/);
    const [plainSent, secureSent] = [talk.sentBy(call.from), talk.sentBy(call.to)].map((n) =>
      n.toLocaleString('en-US'),
    );
    await shows('#suites tbody', new RegExp(`${SUITE}\\s+${plainSent}\\s+${secureSent}\\b`));

    await call.negotiate(call.from, call.to, { direction: 'inactive' });
    await shows('#call-list tbody', /\bheld\b/);
    await shows('#calls-more', /^1 held, 2 since start/);

    await call.delete();
    await shows('#calls', /^1$/);
    await shows('#call-list tbody', new RegExp(`^(?!.*${call.callId})`, 's'));
  });

  it('says on the page of one call why its audio fails, with both legs', async () => {
    const call = await relay.connect('plain', SUITE);
    const stream = new RtpStream({ ssrc: 7 });
    for (const packet of stream.packets(10)) await call.sendRtp(call.from, packet);
    const forger = new SrtpSession(randomMasterKey(SUITE));
    for (const packet of new RtpStream({ ssrc: 8 }).packets(12))
      await call.to.rtp.send(forger.protectRtp(packet), call.to.anchorRtp);
    await page.goto(`${door.url}/#/calls/${encodeURIComponent(call.callId)}`);
    await shows('#call .verdict', /one-way: callee: secure side sends, nothing authenticates: key mismatch/);
    await shows('#call .verdict', /12 packets dropped as auth/);
    const legs = page.locator('#call .leg');
    expect(await legs.count()).toBe(2);
    const [caller = '', callee = ''] = await legs.allInnerTexts();
    expect(caller).toContain('none (plain RTP)');
    expect(caller).toMatch(/received\s+10 packets/);
    expect(callee).toContain(SUITE);
    expect(callee).toMatch(/received\s+0 packets/);
    expect(callee).toMatch(/sent\s+10 packets/);
    expect(callee).toContain(`127.0.0.1:${call.to.rtp.local.port} (signalled)`);
    // The right key makes it well, without a reload of the page.
    for (const packet of stream.packets(5)) await call.sendRtp(call.to, packet);
    await shows('#call .verdict', /media flows both ways/);
    await call.delete();
    await shows('#call .verdict', /the call is over/);
  });
});
