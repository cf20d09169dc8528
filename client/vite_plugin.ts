// How a Vite app takes @grove/client in: see README.md.
import type { Plugin } from 'vite';

export interface GrovePluginOptions {
  wasm?: string; // folder of node.wasm and voice.wasm; default: the repository's build/wasm
}

const kIsolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export function grove(options: GrovePluginOptions = {}): Plugin {
  const repository = decodeURIComponent(new URL('..', import.meta.url).pathname);
  const wasm = options.wasm ?? `${repository}build/wasm`;
  return {
    name: 'grove',
    config: (config) => ({
      resolve: { alias: [{ find: /^@grove\/wasm\//, replacement: `${wasm}/` }] },
      worker: { format: 'es' },
      // A file inlined as a data: URL would break under a strict Content-Security-Policy, and for worklets always.
      build: { assetsInlineLimit: (file: string) => (/\.(wasm|ts)$/.test(file) ? false : undefined) },
      server: { headers: kIsolation, fs: { allow: [config.root ?? '.', repository, wasm] } },
      preview: { headers: kIsolation },
    }),
  };
}
