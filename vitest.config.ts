import { defineConfig } from 'vitest/config';
import { grove } from './client/vite_plugin.ts';

export default defineConfig({
  plugins: [grove()],
  test: {
    setupFiles: ['./tools/test/browser_globals.mjs'],
    include: ['{client,web,wasm,tests,tools,benches}/**/*.test.{ts,mjs}'],
    exclude: ['**/node_modules/**', '**/dist/**'],
  },
});
