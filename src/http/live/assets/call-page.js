import { duration, element, grouped, where } from './format.js';

/** The page of one call: the verdict in words, then both legs with everything that could explain it. */
export class CallPage {
  #target = document.getElementById('call');
  #callId = null;

  /** Opens on a call; null closes. */
  async open(callId) {
    this.#callId = callId;
    this.#target.hidden = callId === null;
    if (callId === null) return;
    const title = element('h2', { id: 'call-title', tabindex: '-1' }, `Call ${callId}`);
    const back = element('p', {}, element('a', { href: '#/' }, '← all calls'));
    this.#target.replaceChildren(
      back,
      element(
        'section',
        { 'aria-labelledby': 'call-title' },
        title,
        element('p', { class: 'verdict', role: 'status', 'aria-live': 'polite' }),
        element('div', { class: 'body' }),
      ),
    );
    title.focus();
    await this.refresh();
  }

  async refresh() {
    const callId = this.#callId;
    if (callId === null) return;
    const response = await fetch(`/api/calls/${encodeURIComponent(callId)}`).catch(() => null);
    // Another call may have been opened, or this one closed, while the answer was on its way.
    if (response === null || callId !== this.#callId) return;
    if (response.ok) this.#show(await response.json());
    else if (response.status === 404) this.#verdict('ended', 'the call is over');
  }

  #verdict(state, words) {
    const target = this.#target.querySelector('.verdict');
    if (target.textContent !== words) target.replaceChildren(element('span', { class: `state ${state}` }, words));
  }

  #show({ report, verdict }) {
    const now = Date.now() / 1000;
    this.#verdict(verdict.state, verdict.words);
    const age = element(
      'p',
      { class: 'more' },
      `set up ${duration(now - report.createdMicroseconds / 1e6)} ago, last offer or answer ${duration(now - report.lastSignal)} ago`,
    );
    const legs = report.parties.map((party, index) => leg(party, verdict.legs[index], report.ssrcs, now));
    this.#target.querySelector('.body').replaceChildren(age, element('div', { class: 'legs' }, ...legs));
  }
}

function leg(party, judged, ssrcs, now) {
  const name = judged?.name ?? 'party';
  const made = element(
    'div',
    { class: 'leg', role: 'group', 'aria-label': name },
    element('h3', {}, `${name}: ${judged?.words ?? ''}`),
  );
  made.append(facts([['tag', party.tag ?? 'none yet'], ...(party.label === null ? [] : [['label', party.label]])]));
  for (const media of party.medias) {
    for (const stream of media.streams) made.append(...streamFacts(media, stream, ssrcs, now));
  }
  return made;
}

function streamFacts(media, stream, ssrcs, now) {
  const signalled = where(stream.advertisedEndpoint);
  const remote = `${where(stream.endpoint)} (${stream.learned ? 'learned' : 'signalled'})`;
  const drops = Object.entries(stream.drops).map(([reason, count]) => `${reason} ${grouped(count)}`);
  const rows = [
    ['local', where({ address: stream.localAddress, port: stream.localPort })],
    [
      'remote',
      stream.learned && signalled !== where(stream.endpoint) ? `${remote}; signalled was ${signalled}` : remote,
    ],
    ['suite', stream.cryptoSuite ?? 'none (plain RTP)'],
    ['last packet', stream.lastPacket === null ? 'never' : `${duration(now - stream.lastPacket)} ago`],
    ['received', `${grouped(stream.received.packets)} packets`],
    ['sent', `${grouped(stream.sent.packets)} packets`],
    ['dropped', drops.length === 0 ? 'nothing' : drops.join(', ')],
    ...ssrcs
      .filter((ssrc) => stream.ssrcs.includes(ssrc.ssrc))
      .map((ssrc) => [`SSRC ${ssrc.ssrc.toString(16).padStart(8, '0')}`, quality(ssrc)]),
  ];
  const flags = media.flags.length === 0 ? '' : ` [${media.flags.join(', ')}]`;
  return [
    element('h3', {}, `m${media.index} ${media.type} ${media.protocol}, ${stream.component.toUpperCase()}${flags}`),
    facts(rows),
  ];
}

function quality(ssrc) {
  const parts = [`lost ${grouped(ssrc.lost)} of ${grouped(ssrc.packets + ssrc.lost)}`];
  if (ssrc.rolloverCounter !== null) parts.push(`rollover counter ${ssrc.rolloverCounter}`);
  if (ssrc.average !== null) {
    parts.push(`MOS ${(ssrc.average.mos / 10).toFixed(1)}`, `jitter ${Math.round(ssrc.average.jitter)} ms`);
    if (ssrc.average.roundTripTime > 0) parts.push(`round trip ${Math.round(ssrc.average.roundTripTime)} ms`);
  }
  return parts.join(', ');
}

function facts(rows) {
  return element(
    'dl',
    { class: 'facts' },
    ...rows.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]),
  );
}
