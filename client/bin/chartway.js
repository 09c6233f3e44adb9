#!/usr/bin/env -S node --conditions=source
// Starts the chartway command: from its sources where it is worked on, from what was built where it
// is installed, since Node does not strip types below node_modules.

const main = import.meta.url.includes('/node_modules/') ? '../dist/main.js' : '../src/main.ts'
await import(main)
