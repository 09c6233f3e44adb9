// How the console is built: into dist, with hashed names under assets/ that may be kept for ever. For
// work on it, `vite` serves the sources and hands the API's addresses on to a running Chartway.

import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where a running Chartway answers while somebody works on the console. */
const API = process.env.CHARTWAY_URL ?? 'http://127.0.0.1:7400'

export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [react()],
  // One React for all, found from here: some packages name it only as what they expect to be there.
  resolve: {
    dedupe: ['react', 'react-dom'],
    conditions: ['source', 'module', 'browser', 'import', 'default'],
  },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
  server: { proxy: { '/v1': API, '/health': API, '/errors': API } },
})
