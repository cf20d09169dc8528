import { defineConfig } from 'vite';
import { grove } from '../client/vite_plugin.ts';

export default defineConfig({
  root: decodeURIComponent(new URL('.', import.meta.url).pathname),
  plugins: [grove()],
  build: {
    // Browsers of the last two years; light-dark() needs the first of these, Firefox 128 is the oldest ESR still about.
    target: ['chrome123', 'edge123', 'firefox128', 'safari17.5'],
    outDir: 'dist',
    emptyOutDir: true,
    modulePreload: { polyfill: false },  // an inline script otherwise, which the CSP forbids
  },
});
