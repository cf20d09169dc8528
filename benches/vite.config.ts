// The pages of the benches. They are served by the real grove-server, like the app.
import { defineConfig } from 'vite';
import { grove } from '../client/vite_plugin.ts';

const here = decodeURIComponent(new URL('.', import.meta.url).pathname);

export default defineConfig({
  root: `${here}mouth_to_ear`,
  plugins: [grove()],
  build: { target: 'chrome123', outDir: `${here}../build/benches/mouth_to_ear`, emptyOutDir: true, modulePreload: { polyfill: false } },
});
