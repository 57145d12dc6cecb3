import { describe, expect, it } from 'vitest';
import { decodeBencode, encodeBencode } from '../../support/bencode.js';
import { TestHost } from '../../support/host.js';
import { NgClient } from '../../support/ng-client.js';
import { UdpEndpoint } from '../../support/udp-endpoint.js';
import { cryptoAttribute, buildSdp, readOnlyMedia } from '../../support/sdp.js';
import { randomMasterKey } from '../../support/srtp.js';

describe("the tests' own bencode", () => {
  it('reads back what it wrote', () => {
    const value = { command: 'offer', flags: ['a', 'b'], TOS: -1, nested: { sdp: 'v=0\r\n' }, none: [] };
    expect(encodeBencode(value).toString()).toBe(
      'd7:command5:offer5:flagsl1:a1:be3:TOSi-1e6:nestedd3:sdp5:v=0\r\ne4:nonelee',
    );
    expect(decodeBencode(encodeBencode(value))).toEqual(value);
  });

  it.each(['', 'd', 'i1', '5:abc', 'i1ei2e', 'x', 'l1:a'])('refuses %j', (text) => {
    expect(() => decodeBencode(Buffer.from(text))).toThrow();
  });
});

describe("the tests' NG client", () => {
  it('repeats a request under the same cookie until a reply with that cookie comes', async () => {
    const host = await TestHost.open();
    const server = await UdpEndpoint.open(host);
    const client = await NgClient.open(host, server.local, { retransmissions: 2, retryMilliseconds: 30 });
    const reply = client.request({ command: 'ping' });
    const [first, second] = await server.waitForPackets(2);
    expect(first!.data).toEqual(second!.data);
    const cookie = first!.data.subarray(0, first!.data.indexOf(' ')).toString();
    await server.send(Buffer.from('other d6:result5:wronge'), first!.from);
    await server.send(Buffer.from(`${cookie} d6:result4:ponge`), first!.from);
    expect((await reply).result).toBe('pong');
    await host.close();
    await Promise.all([client.close(), server.close()]);
  });
});

describe("the tests' SDP reader", () => {
  it('finds address, ports, protocol and keys', () => {
    const params = randomMasterKey('AES_CM_128_HMAC_SHA1_32', Buffer.from([0, 9]));
    const attributes = [cryptoAttribute(3, params), 'rtcp:40001'];
    const media = readOnlyMedia(buildSdp({ port: 30_000, protocol: 'RTP/SAVP', attributes }));
    expect(media).toMatchObject({ address: '127.0.0.1', port: 30_000, rtcpPort: 40_001, protocol: 'RTP/SAVP' });
    expect(media.cryptos).toEqual([expect.objectContaining({ tag: 3, suite: params.suite, params })]);
  });
});
