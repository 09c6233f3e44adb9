// The support room's door: what somebody who helps needs to know, in one file that a person can read before
// sending it. No record, no id of a patient, no secret and no name of anybody is in it.

import type { Clock } from '../kernel/clock.ts'
import type { FileStreams } from '../kernel/file-streams.ts'
import { logTail } from './log-tail.ts'
import { databaseFacts } from './store.ts'

export interface SupportPorts {
  readonly url: string
  readonly clock: Clock
  readonly files: FileStreams
  readonly logPath: string
  readonly dataFolder: string
  readonly version: string
  /** Settings as numbers, choices, and whether something is set: never a secret or an address. */
  readonly settings: Readonly<Record<string, string | number | boolean>>
  readonly machine: Readonly<Record<string, string | number>>
}

/** The bundle as a value to be written down. */
export async function supportBundle(ports: SupportPorts): Promise<object> {
  const { clock, files, version, settings, machine } = ports
  const freeBytes = await files.freeBytes(ports.dataFolder).catch(() => undefined)
  return {
    format: 1,
    madeAt: new Date(clock.now()).toISOString(),
    version,
    machine: { ...machine, ...(freeBytes === undefined ? {} : { freeBytes }) },
    settings,
    database: await databaseFacts(ports),
    log: await logTail(files, ports.logPath),
  }
}
