// One look at the installation, as numbers and names of its own: for metrics, for paging and for support.
// It asks no practice anything and sees no record.

import type { Gate } from '../gate/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { PracticeRef } from '../kernel/ids.ts'
import type { Practice, Practices } from '../practice/index.ts'
import type { SyncProgress, SyncView } from '../sync/index.ts'

export interface LookPorts {
  readonly practices: Pick<Practices, 'organizations' | 'list' | 'anyHold'>
  readonly sync: Pick<SyncView, 'progress'>
  readonly gate: Pick<Gate, 'budget'>
  readonly clock: Clock
  /** Bytes that are free where the data is; undefined when that cannot be told. */
  readonly freeBytes: () => Promise<number | undefined>
  /** When the newest backup was made, epoch ms. */
  readonly newestBackup: () => Promise<number | undefined>
}

export interface PracticeLook {
  readonly ref: PracticeRef
  readonly state: Practice['state']
  readonly progress: SyncProgress
  readonly callsLeft: number
  readonly callsTaken: number
  /** The practice fails so often that it is left alone for a while. */
  readonly breakerOpen: boolean
}

export interface Look {
  readonly at: number
  /** False: nothing of the rest could be read. */
  readonly database: boolean
  readonly held: boolean
  readonly practices: readonly PracticeLook[]
  readonly freeBytes: number | undefined
  readonly newestBackupAt: number | undefined
}

/** Never rejects: what cannot be seen is part of what is seen. */
export async function look(ports: LookPorts): Promise<Look> {
  const at = ports.clock.now()
  const [freeBytes, newestBackupAt] = await Promise.all([
    ports.freeBytes().catch(() => undefined),
    ports.newestBackup().catch(() => undefined),
  ])
  const outside = { at, freeBytes, newestBackupAt }
  try {
    const hold = await ports.practices.anyHold()
    const practices: PracticeLook[] = []
    for (const organization of await ports.practices.organizations())
      for (const practice of await ports.practices.list(organization))
        practices.push(await lookAt(ports, practice))
    return { ...outside, database: true, held: hold !== undefined, practices }
  } catch {
    return { ...outside, database: false, held: false, practices: [] }
  }
}

async function lookAt({ sync, gate, clock }: LookPorts, practice: Practice): Promise<PracticeLook> {
  const { ref, state } = practice
  const [progress, budget] = await Promise.all([sync.progress(ref), gate.budget(ref)])
  return {
    ref,
    state,
    progress,
    callsLeft: budget.left,
    callsTaken: budget.taken,
    breakerOpen: budget.pausedUntil > clock.now(),
  }
}
