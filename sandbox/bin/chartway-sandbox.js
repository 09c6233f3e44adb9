#!/usr/bin/env -S node --conditions=source
// Starts the sandbox from its sources.

import '../src/main.ts'
