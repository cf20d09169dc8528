// How ./run ends, with everything but itself and its steps made up.
import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const root = mkdtempSync(join(tmpdir(), 'grove-run-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const kServer = `#!${process.execPath}
const port = process.argv[process.argv.indexOf('--port') + 1];
require('node:fs').writeFileSync('${root}/server.pid', String(process.pid));
require('node:http').createServer((_, answer) => answer.end('{}')).listen(Number(port), 'localhost');
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
`;
// Holds ./run up where it has seen the server's end and has not said so.
const kTail = `#!/bin/bash
touch '${root}/tailing'
until [ -e '${root}/go' ]; do sleep 0.01; done
`;

for (const folder of ['tools', 'bin', 'build/native/server']) mkdirSync(join(root, folder), { recursive: true });
for (const file of ['run', 'tools/steps.sh']) copyFileSync(new URL(`../../${file}`, import.meta.url), join(root, file));
writeFileSync(join(root, 'tools/setup.sh'), 'require_packages() { :; }\nrequire_node() { :; }\nrequire_npm_packages() { :; }\n');
for (const [file, text] of [['tools/build', '#!/bin/bash\n'], ['build/native/server/grove-server', kServer], ['bin/tail', kTail]]) {
  writeFileSync(join(root, file), text);
  chmodSync(join(root, file), 0o755);
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/** @param {string} name */
async function appears(name) {
  while (!existsSync(join(root, name))) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** ./run, once it serves. */
async function serving() {
  const port = await freePort();
  const child = spawn(join(root, 'run'), ['--port', String(port), '--no-browser'], {
    detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PATH: `${join(root, 'bin')}:${process.env['PATH']}` },
  });
  let words = '';
  const ended = new Promise((resolve) => child.on('exit', resolve)).then((code) => ({ code, words }));
  await new Promise((resolve) => {
    for (const pipe of [child.stdout, child.stderr]) {
      pipe.on('data', (piece) => {
        words += String(piece);
        if (words.includes('Ctrl-C ends the server')) resolve(null);
      });
    }
  });
  return { pid: child.pid ?? 0, port, ended };
}

const kInGoodOrder = { code: 0, words: expect.stringMatching(/\nGrove has stopped\.\n$/) };

it.each(['SIGINT', 'SIGTERM'])('%s_ends_it_in_good_order', async (signal) => {
  const { pid, port, ended } = await serving();
  process.kill(pid, signal);
  expect(await ended).toEqual(kInGoodOrder);
  expect(existsSync(join(root, `build/logs/server-${port}.log`))).toBe(true); // another ./run has another
}, 30_000);

it('ctrl_c_ends_it_in_good_order_where_the_server_is_quicker', async () => {
  const { pid, ended } = await serving();
  process.kill(Number(readFileSync(join(root, 'server.pid'), 'utf8')), 'SIGINT');
  await appears('tailing');
  process.kill(pid, 'SIGINT');
  writeFileSync(join(root, 'go'), '');
  expect(await ended).toEqual(kInGoodOrder);
}, 30_000);
