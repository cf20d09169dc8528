// The pages of the benches: the mode is the bench's folder. They are served by the real grove-server, like the app.
import { defineConfig } from 'vite';
import { grove } from '../client/vite_plugin.ts';

const here = decodeURIComponent(new URL('.', import.meta.url).pathname);

export default defineConfig(({ mode }) => ({
  root: `${here}${mode}`,
  plugins: [grove()],
  build: { target: ['chrome123', 'firefox128'], outDir: `${here}../build/benches/${mode}`, emptyOutDir: true, modulePreload: { polyfill: false } },
}));
