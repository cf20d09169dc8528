// A STUN server, for a host of a laboratory network: node stun.mjs ADDRESS. Tells everybody how they look from outside (RFC 8489,
// Binding alone), and nothing more: it relays nothing.
import dgram from 'node:dgram';

const kPort = 3478;
const kMagicCookie = 0x2112a442;
const kHeaderBytes = 20;

const socket = dgram.createSocket('udp4');
socket.on('message', (request, from) => {
  const isBinding = request.length >= kHeaderBytes && request.readUInt16BE(0) === 0x0001 && request.readUInt32BE(4) === kMagicCookie;
  if (!isBinding) return;
  const answer = Buffer.alloc(kHeaderBytes + 12);
  request.copy(answer, 0, 0, kHeaderBytes); // the transaction's id comes back
  answer.writeUInt16BE(0x0101, 0); // Binding success
  answer.writeUInt16BE(12, 2);
  answer.writeUInt16BE(0x0020, 20); // XOR-MAPPED-ADDRESS
  answer.writeUInt16BE(8, 22);
  answer.writeUInt8(1, 25); // IPv4
  answer.writeUInt16BE(from.port ^ (kMagicCookie >>> 16), 26);
  const address = from.address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  answer.writeUInt32BE((address ^ kMagicCookie) >>> 0, 28);
  socket.send(answer, from.port, from.address);
});
socket.bind(kPort, process.argv[2], () => console.log(`stun listens on ${process.argv[2]}:${kPort}`));
