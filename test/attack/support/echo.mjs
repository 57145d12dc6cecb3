// Sends each datagram back: what a round trip costs on this machine at this moment, without a relay. The order is the
// first argument, as JSON.
import { createSocket } from 'node:dgram';

const { address, port } = JSON.parse(process.argv[2]);
const socket = createSocket('udp4');
socket.on('message', (datagram, from) => socket.send(datagram, from.port, from.address));
socket.bind(port, address, () => process.stdout.write('ready\n'));
