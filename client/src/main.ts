// The chartway command as a process: its arguments, its terminal, its environment and its exit code.
// Everything it does is in cli/.

import { createInterface } from 'node:readline'
import { runCli } from './cli/program.ts'
import { systemFetch, systemWait } from './network.ts'

const stopping = new AbortController()
process.once('SIGINT', () => stopping.abort())
process.once('SIGTERM', () => stopping.abort())
// A reader that has seen enough, such as `head`, is no fault.
process.stdout.on('error', () => process.exit(0))

process.exitCode = await runCli(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  input: () => createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY }),
  terminal: process.stdout.isTTY === true,
  environment: process.env,
  folder: process.cwd(),
  fetch: systemFetch,
  wait: systemWait,
  signal: stopping.signal,
})
