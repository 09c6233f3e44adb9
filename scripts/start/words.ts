// What `npm start` says to the person in front of it.

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
  return `
API       ${platform.url}/v1      described at ${platform.url}/openapi.json
API key   ${platform.key}
          (also in ${platform.profilePath}, where the command finds it)

Ask with curl:
  curl -H 'Authorization: Bearer ${platform.key}' '${platform.url}/v1/patients?limit=3'

Or in another terminal, in this folder:
  npx chartway patients            who is there
  npx chartway changes --follow    what happens now, as it is learnt
  npx chartway doctor              is the connection right

The practice goes on living: people check in, notes are signed, results arrive.
What truly happens there, whether Chartway has seen it or not:
  curl -H 'Authorization: Bearer ${sandbox.operatorSecret}' ${sandbox.operatorUrl}/operator/ledger

Ctrl-C stops everything; the next start goes on from here.`
}

export const goodbye = '\nStopped. The next start goes on from here.'
