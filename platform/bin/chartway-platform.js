#!/usr/bin/env -S node --conditions=source
// The platform's command: runs the sources, which Node strips of their types.

import '../src/main.ts'
