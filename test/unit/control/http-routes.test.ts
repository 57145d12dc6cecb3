import { describe, expect, it } from 'vitest';
import { Admission } from '../../../src/control/admission.js';
import { createControlRoutes, type HttpControlRequest } from '../../../src/control/http-routes.js';
import { isForeignOrigin } from '../../../src/control/origin-check.js';
import { rig } from './support.js';

const PING = 'd7:command4:pinge';

function routes(options = {}) {
  const setUp = rig();
  const [ng, plain] = createControlRoutes({ dispatcher: setUp.dispatcher, observer: setUp.observer, ...options });
  return { ...setUp, ng: ng!, plain: plain! };
}

function post(body: string, changes: Partial<HttpControlRequest> = {}): HttpControlRequest {
  const peer = { remoteAddress: '127.0.0.1', remotePort: 50_000 };
  return { method: 'POST', headers: { host: '127.0.0.1:2225' }, body: Buffer.from(body), ...peer, ...changes };
}

describe('the control protocol over HTTP', () => {
  it('answers a message with a cookie under /ng', async () => {
    const { ng } = routes();
    expect(ng.path).toBe('/ng');
    const { status, headers, body } = await ng.handle(post(`c1 ${PING}`));
    expect([status, headers['content-type'], body.toString()]).toEqual([
      200,
      'application/x-rtpengine-ng',
      'c1 d6:result4:ponge',
    ]);
  });

  it('answers bencode and JSON without a cookie under /ng-plain', async () => {
    const { plain } = routes();
    expect(plain.path).toBe('/ng-plain');
    expect((await plain.handle(post(PING))).body.toString()).toBe('d6:result4:ponge');
    const json = await plain.handle(post('{"command":"ping"}'));
    expect([json.headers['content-type'], json.body.toString()]).toEqual(['application/json', '{"result":"pong"}']);
    expect((await plain.handle(post(''))).body.toString()).toContain('no payload');
  });

  it('repeats a reply under /ng, and carries out each request under /ng-plain', async () => {
    const { ng, plain, service } = routes();
    const offer = '{"command":"offer","call-id":"c","from-tag":"a","sdp":"v=0"}';
    await ng.handle(post(`k ${offer}`));
    await ng.handle(post(`k ${offer}`));
    expect(service.offers).toHaveLength(1);
    await plain.handle(post(offer));
    await plain.handle(post(offer));
    expect(service.offers).toHaveLength(3);
  });

  it.each([
    ['another method', post(PING, { method: 'GET' }), 405],
    ['a message without a cookie', post('nocookie'), 400],
    ['a page of somebody', post(`c ${PING}`, { headers: { origin: 'http://evil.example', host: '127.0.0.1' } }), 403],
    ['a cross-site request', post(`c ${PING}`, { headers: { 'sec-fetch-site': 'cross-site' } }), 403],
    ['a body beyond the limit', post(`c ${'x'.repeat(2000)}`), 413],
  ])('refuses %s', async (_what, request, status) => {
    const { ng } = routes({ maxBody: 1000 });
    expect((await ng.handle(request)).status).toBe(status);
  });

  it('refuses strangers and those who ask too often', async () => {
    const admission = new Admission({ allowedPeers: ['127.0.0.1'], burst: 2, messagesPerSecond: 0.001 });
    const { ng, observer } = routes({ admission });
    const statuses = [];
    for (const remoteAddress of ['192.0.2.1', '::ffff:127.0.0.1', '127.0.0.1', '127.0.0.1']) {
      statuses.push((await ng.handle(post(`c ${PING}`, { remoteAddress }))).status);
    }
    expect(statuses).toEqual([403, 200, 200, 429]);
    expect(observer.turnedAwayFor).toEqual(['peer-not-allowed', 'rate-limit']);
  });
});

describe('the origin of a request', () => {
  it.each([
    [{}, false],
    [{ origin: 'http://evil.example', host: '127.0.0.1:2225' }, true],
    [{ origin: 'null', host: '127.0.0.1:2225' }, true],
    [{ origin: 'http://rebound.example', host: 'rebound.example:2225' }, true],
    [{ origin: 'http://127.0.0.1:2225', host: '127.0.0.1:2225' }, false],
    [{ origin: '127.0.0.1', host: '127.0.0.1:2225' }, false],
    [{ origin: 'http://[::1]:2225', host: '[::1]:2225' }, false],
    [{ origin: 'http://localhost', host: 'localhost:2225' }, false],
    [{ origin: 'http://127.0.0.1', host: '192.0.2.1' }, true],
    [{ 'sec-fetch-site': 'same-origin' }, false],
  ])('%j is foreign: %s', (headers, foreign) => {
    expect(isForeignOrigin(headers)).toBe(foreign);
  });
});
