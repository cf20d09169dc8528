// The core is pure: a clock, randomness or a print would show up here as one more import. And what client/engine calls
// must be there. Needs build/wasm (./test imports builds it).
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const kFunctions = {
  node: `scratch scratch_size create handle_rendezvous_open handle_rendezvous_message handle_rendezvous_closed handle_signal
    handle_link_open handle_link_closed handle_link_message handle_link_buffered handle_time next_deadline speak set_name
    set_muted set_role set_blocked set_withheld publish leave poll output stat view view_bytes`.split(/\s+/).map((name) => `node_${name}`),
  voice: `voice_scratch voice_scratch_size mouth_open mouth_handle_pcm mouth_poll_frame mouth_set_muted mouth_set_expected_loss
    mouth_level_dbfs mouth_is_speaking mouth_stat ear_open ear_handle_frame ear_remove_peer ear_pull_audio ear_set_volume_db
    ear_set_muted ear_set_blocked ear_set_pan ear_level_dbfs ear_is_speaking ear_stat`.split(/\s+/),
};

describe.each(['node', 'voice'] as const)('%s.wasm', (name) => {
  const path = new URL(`../build/wasm/${name}.wasm`, import.meta.url);
  const load = () => new WebAssembly.Module(readFileSync(path));

  test('imports nothing but proc_exit', () => {
    const imports = WebAssembly.Module.imports(load()).map((one) => `${one.module}.${one.name}`);
    expect(imports.filter((one) => one !== 'wasi_snapshot_preview1.proc_exit')).toEqual([]);
  });

  test('exports its memory, its initialiser and every function that the engine calls', () => {
    const exports = new Set(WebAssembly.Module.exports(load()).map((one) => one.name));
    expect(['memory', '_initialize', ...kFunctions[name]].filter((one) => !exports.has(one))).toEqual([]);
  });
});
