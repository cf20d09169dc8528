// The real grove-server, on a port of its own, and a proxy that serves it without cross-origin isolation.
import { existsSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { fileURLToPath } from 'node:url';

import { end, exited, start } from './processes.mjs';
import { until } from './until.mjs';

export const kRoot = fileURLToPath(new URL('../..', import.meta.url));
export const kBinary = process.env['GROVE_SERVER'] ?? `${kRoot}build/native/server/grove-server`;
export const kAssets = process.env['GROVE_ASSETS'] ?? `${kRoot}web/dist`;

/** Ports of this run; the range can be moved when two runs share a machine. */
let nextPort = Number(process.env['GROVE_E2E_PORT'] ?? 18400);

/** @returns {Promise<number>} a port that nobody listens on */
export async function freePort() {
  for (;;) {
    const port = nextPort++;
    const free = await new Promise((resolve) => {
      const probe = net.createServer();
      probe.once('error', () => resolve(false));
      probe.listen(port, () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

export class Server {
  /** @param {number} port @param {string} assets */
  constructor(port, assets) {
    this.assets = assets;
    this.port = port;
    this.origin = `http://localhost:${port}`;
    this.log = '';
    /** @type {import('node:child_process').ChildProcess | null} */
    this.child_ = null;
  }

  /** @param {string} [assets] the folder to serve; default: the app */
  static async open(assets = kAssets) {
    for (const path of [kBinary, `${assets}/index.html`]) {
      if (!existsSync(path)) throw new Error(`${path} is missing: build first (./run, or ninja and vite)`);
    }
    const server = new Server(await freePort(), assets);
    await server.start();
    return server;
  }

  async start() {
    const child = start(kBinary, ['--port', String(this.port), '--assets', this.assets], { stdout: 'pipe', stderr: 'pipe' });
    this.child_ = child;
    child.stdout?.on('data', (bytes) => (this.log += bytes));
    child.stderr?.on('data', (bytes) => (this.log += bytes));
    let isOver = false;
    void exited(child).then(() => (isOver = true));
    await until(
      'grove-server answers /healthz',
      async () => {
        if (isOver) throw new Error(`grove-server ended: ${this.log}`);
        return (await fetch(`${this.origin}/healthz`).catch(() => null))?.ok;
      },
      { every: 30 },
    );
  }

  /** As a crash or a power cut would: no goodbye to anybody. */
  async kill() {
    this.child_?.kill('SIGKILL');
    await this.close();
  }

  async close() {
    if (this.child_) await end(this.child_);
    this.child_ = null;
  }
}

/**
 * Passes everything on to `server`, but the headers that isolate the page: the browser then gives no SharedArrayBuffer.
 * @param {Server} server
 */
export async function openBareProxy(server) {
  const port = await freePort();
  const proxy = http.createServer((request, response) => {
    const onward = http.request({ port: server.port, path: request.url, method: request.method, headers: request.headers }, (answer) => {
      const headers = Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !name.startsWith('cross-origin-')));
      response.writeHead(answer.statusCode ?? 502, headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  /** @type {Set<import('node:stream').Duplex>} */
  const sockets = new Set();
  proxy.on('upgrade', (request, socket, head) => {
    const onward = net.connect(server.port, 'localhost', () => {
      const lines = [`${request.method} ${request.url} HTTP/1.1`];
      for (let i = 0; i < request.rawHeaders.length; i += 2) lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
      onward.write(lines.join('\r\n') + '\r\n\r\n');
      onward.write(head);
      onward.pipe(socket);
      socket.pipe(onward);
    });
    for (const end of [socket, onward]) {
      sockets.add(end);
      end.on('error', () => {});
      end.on('close', () => {
        socket.destroy();
        onward.destroy();
      });
    }
  });
  await new Promise((resolve) => proxy.listen(port, () => resolve(null)));
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
  };
  return { origin: `http://localhost:${port}`, close };
}
