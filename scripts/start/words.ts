// What `npm start` says to the person in front of it.

import { dirname, resolve } from 'node:path'
import type { StartedPlatform } from './platform-process.ts'
import type { StartedSandbox } from './sandbox.ts'

/** Prints steps with the wall seconds since the start. */
export class Stopwatch {
  readonly #startedAt = performance.now()

  seconds(): string {
    return ((performance.now() - this.#startedAt) / 1000).toFixed(1)
  }

  say(what: string, how: string): void {
    console.log(`${this.seconds().padStart(6)} s  ${what.padEnd(9)} ${how}`)
  }
}

export function whatToTry(
  platform: StartedPlatform,
  sandbox: Pick<StartedSandbox, 'operatorUrl' | 'operatorSecret'>,
): string {
  // The command finds the profile by itself only where it is by default.
  const elsewhere = dirname(platform.profilePath) !== resolve('.chartway')
  const command = `${elsewhere ? `CHARTWAY_DATA=${dirname(platform.profilePath)} ` : ''}npx chartway`
  return `
API       ${platform.url}/v1      described at ${platform.url}/openapi.json
API key   ${platform.key}
          (also in ${platform.profilePath}, where the command finds it)

Ask with curl:
  curl -H 'Authorization: Bearer ${platform.key}' '${platform.url}/v1/patients?limit=3'

Or in another terminal, in this folder:
  ${command} patients            who is there
  ${command} changes --follow    what happens now, as it is learnt
  ${command} doctor              is the connection right

The practice goes on living: people check in, notes are signed, results arrive.
What truly happens there, whether Chartway has seen it or not, is on a page of the sandbox:
  ${sandbox.operatorUrl}   with the secret ${sandbox.operatorSecret}
  curl -H 'Authorization: Bearer ${sandbox.operatorSecret}' ${sandbox.operatorUrl}/ledger

Ctrl-C stops everything; the next start goes on from here.`
}

/** Where people look in; to be said before the first sync, which can be watched there. */
export function setUpWords({ url, setUpLink }: StartedPlatform): string {
  if (setUpLink === undefined) return `Console   ${url}/console/\n`
  return `Console   ${setUpLink}
          (makes you the first administrator; this link works once)
`
}

export const goodbye = '\nStopped. The next start goes on from here.'
