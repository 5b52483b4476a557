import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/app/',
  plugins: [react(), tailwindcss()],
  resolve: {
    // Its sources, so that the dashboard is built from a clone without building the client first.
    alias: { '@prompt-ledger/client': fileURLToPath(new URL('../sdk/src/index.ts', import.meta.url)) },
  },
  // The server puts the nonce of each response in its place.
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    target: 'es2022',
    // An icon that is inlined would be a data URL, which the policy of the page does not allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  // `npm run dev -w dashboard` beside a running service.
  server: {
    proxy: { '/v1': 'http://localhost:8000', '/auth': 'http://localhost:8000' },
  },
});
