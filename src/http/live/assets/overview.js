import { Chart } from './chart.js';
import { bitRate, duration, element, grouped, setText, stateName } from './format.js';

const byId = (id) => document.getElementById(id);

/** The first page: what the relay as a whole does, and the list of calls. */
export class Overview {
  #chart = new Chart();
  #before = null;

  show({ stats, calls }) {
    const before = this.#before;
    this.#before = stats;
    const seconds = before === null ? 0 : (stats.nowUnixMilliseconds - before.nowUnixMilliseconds) / 1000;
    // A relay that was restarted counts from zero again.
    const rate = (read) => (seconds > 0 ? Math.max(0, read(stats) - read(before)) / seconds : 0);
    showFigures(stats, rate);
    if (seconds > 0)
      this.#chart.add({
        in: rate((one) => one.received.packets),
        out: rate((one) => one.sent.packets),
        drops: rate(dropped),
      });
    showDrops(stats, rate);
    showSuites(stats);
    showWorkers(stats, before, seconds);
    showCalls(stats, calls);
  }
}

function dropped(stats) {
  return Object.values(stats.drops).reduce((sum, count) => sum + count, 0);
}

function showFigures(stats, rate) {
  setText(byId('calls'), grouped(stats.calls));
  setText(byId('calls-more'), `${grouped(stats.sessions.held)} held, ${grouped(stats.callsTotal)} since start`);
  setText(byId('rate-in'), grouped(rate((one) => one.received.packets)));
  setText(byId('bits-in'), bitRate(rate((one) => one.received.bytes)));
  setText(byId('rate-out'), grouped(rate((one) => one.sent.packets)));
  setText(byId('bits-out'), bitRate(rate((one) => one.sent.bytes)));
  setText(byId('rate-drops'), grouped(rate(dropped)));
  setText(byId('drops-total'), `${grouped(dropped(stats))} since start`);
  const used = stats.ports.reduce((sum, ports) => sum + ports.used, 0);
  const total = stats.ports.reduce((sum, ports) => sum + ports.total, 0);
  setText(byId('ports'), grouped(used));
  setText(byId('ports-more'), `of ${grouped(total)}`);
  const up = duration(stats.nowUnixMilliseconds / 1000 - stats.startedUnixSeconds);
  setText(byId('relay'), `version ${stats.version}, up ${up}${stats.draining ? ', draining' : ''}`);
  const problems = byId('problems');
  setText(problems, stats.problems.join('; '));
  problems.hidden = stats.problems.length === 0;
}

function showDrops(stats, rate) {
  const reasons = Object.entries(stats.drops).sort(([, a], [, b]) => b - a);
  const rows = reasons.map(([reason, count]) => [
    reason,
    grouped(count),
    grouped(rate((one) => one.drops[reason] ?? 0)),
  ]);
  fill('drops', rows, 'nothing dropped', 1);
}

function showSuites(stats) {
  const rows = Object.entries(stats.suites).map(([suite, { protect, unprotect }]) => [
    suite,
    grouped(protect),
    grouped(unprotect),
  ]);
  fill('suites', rows, 'none used yet', 1);
}

function showWorkers(stats, before, seconds) {
  const rows = stats.workers.map((worker, index) => {
    const earlier = before?.workers[index];
    const known = earlier !== undefined && seconds > 0;
    const load = known ? Math.min(1, Math.max(0, (worker.cpuSeconds - earlier.cpuSeconds) / seconds)) : 0;
    const percent = `${Math.round(load * 100)} %`;
    const meter = element(
      'meter',
      { min: '0', max: '1', high: '0.85', value: String(load), 'aria-label': `load of worker ${index}` },
      percent,
    );
    const packets = known ? Math.max(0, worker.packets - earlier.packets) / seconds : 0;
    return [String(index), element('span', {}, meter, ` ${percent}`), grouped(packets), grouped(worker.ports)];
  });
  fill('workers', rows, 'no workers', 2);
}

/** `numbersFrom`: the first column that holds numbers. */
function fill(id, rows, empty, numbersFrom) {
  const body = byId(id).tBodies[0];
  const made = rows.map((cells) =>
    element(
      'tr',
      {},
      ...cells.map((cell, index) => element('td', index >= numbersFrom ? { class: 'number' } : {}, cell)),
    ),
  );
  if (made.length === 0) made.push(element('tr', {}, element('td', { colspan: '4' }, empty)));
  body.replaceChildren(...made);
}

/** Rows are kept and changed in place: the focus on a link must outlive the next second. */
function showCalls(stats, calls) {
  const body = byId('call-list').tBodies[0];
  const present = new Map([...body.rows].map((row) => [row.dataset.callId, row]));
  const rows = calls.map((call) => {
    const row = present.get(call.callId) ?? callRow(call.callId);
    updateRow(row, call, stats.nowUnixMilliseconds / 1000);
    return row;
  });
  for (const row of body.rows) if (!rows.includes(row)) row.remove();
  rows.forEach((row, index) => {
    if (body.rows[index] !== row) body.insertBefore(row, body.rows[index] ?? null);
  });
  setText(
    byId('calls-shown'),
    stats.calls > calls.length
      ? `the oldest ${calls.length} of ${grouped(stats.calls)}`
      : calls.length === 0
        ? 'no calls'
        : '',
  );
}

function callRow(callId) {
  const link = element('a', { href: `#/calls/${encodeURIComponent(callId)}` }, callId);
  const row = element('tr', {}, element('td', { class: 'id' }, link));
  row.append(
    element('td', {}, element('span')),
    element('td', { class: 'number' }),
    element('td'),
    element('td'),
    element('td', { class: 'number' }),
    element('td', { class: 'number' }),
  );
  row.dataset.callId = callId;
  return row;
}

function updateRow(row, call, nowSeconds) {
  const [, state, age, caller, callee, quality, drops] = row.cells;
  const mark = state.firstElementChild;
  mark.className = `state ${call.state}`;
  mark.title = call.words;
  setText(mark, stateName(call.state));
  setText(age, duration(nowSeconds - call.createdUnixSeconds));
  setText(caller, legText(call.parties[0]));
  setText(callee, legText(call.parties[1]));
  setText(quality, qualityText(call.quality));
  setText(drops, grouped(call.parties.reduce((sum, party) => sum + party.drops, 0)));
}

function qualityText(quality) {
  if (quality === null) return '–';
  return `MOS ${quality.mos.toFixed(1)}, loss ${quality.lossPercent.toFixed(1)} %`;
}

function legText(party) {
  if (party === undefined) return '–';
  const last =
    party.lastPacketSeconds === null ? 'no packet yet' : `last packet ${duration(party.lastPacketSeconds)} ago`;
  return `${party.endpoint ?? 'address unknown'} · ${party.suite ?? 'RTP'} · ${last}`;
}
