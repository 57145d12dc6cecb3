import { readFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { TestHost } from '../../../support/host.js';
import { header, parseSip, printSip } from '../../../support/sip-message.js';
import type { Certificate } from './certificates.js';

/** A far end that shows a certificate and answers every OPTIONS; what it was asked is on record. */
export class TlsPeer {
  readonly asked: { readonly serverName: string; readonly requestUri: string }[] = [];

  private constructor(readonly server: Server) {}

  static async open(host: TestHost, address: string, port: number, certificate: Certificate): Promise<TlsPeer> {
    const peer = new TlsPeer(await host.listen(address, port));
    const secureContext = createSecureContext({
      cert: readFileSync(certificate.certificate),
      key: readFileSync(certificate.key),
    });
    peer.server.on('connection', (socket) => {
      const secured = new TLSSocket(socket, { isServer: true, secureContext });
      secured.on('error', () => undefined);
      secured.on('data', (data: Buffer) => peer.#answer(secured, data.toString()));
      socket.resume();
    });
    return peer;
  }

  close(): void {
    this.server.close();
  }

  #answer(socket: TLSSocket, text: string): void {
    for (const part of text.split(/(?<=\r\n\r\n)(?=[A-Z]+ )/)) {
      const request = parseSip(part);
      if (header(request, 'cseq') === '') continue;
      const { servername } = socket as { servername?: string | false };
      this.asked.push({ serverName: servername === false ? '' : (servername ?? ''), requestUri: request.start });
      const headers = request.headers.filter(([name]) => ['via', 'from', 'to', 'call-id', 'cseq'].includes(name));
      socket.write(printSip({ start: 'SIP/2.0 200 OK', headers, body: '' }));
    }
  }
}
