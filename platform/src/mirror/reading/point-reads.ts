// Puts point reads that wait at the same time into one transaction per organization: each keeps its own
// entry in the ledger, and they share the round trips and the commit. It waits for nothing but the
// reads before it, so a lone read goes out at once.

import { ChartwayError } from '../../kernel/errors.ts'
import type { OrganizationId, PracticeRef } from '../../kernel/ids.ts'
import type { Mirrored, Reader } from '../types.ts'
import type { ReadingStore, Wanted } from './store.ts'

/** Reads in one transaction, transactions under way per organization, and reads waiting for one. */
const TOGETHER_MAX = 64
const UNDER_WAY_MAX = 2
const WAITING_MAX = 10_000

interface Waiting {
  readonly wanted: Wanted
  readonly answer: (found: Mirrored | undefined) => void
  readonly fail: (thrown: unknown) => void
}

interface Lane {
  readonly waiting: Waiting[]
  underWay: number
}

/** Rejects with DATABASE_UNREACHABLE when too many reads wait already. */
export function pointReads(store: Pick<ReadingStore, 'read'>) {
  const lanes = new Map<OrganizationId, Lane>()

  async function send(organization: OrganizationId, lane: Lane): Promise<void> {
    const together = lane.waiting.splice(0, TOGETHER_MAX)
    lane.underWay += 1
    try {
      const found = await store.read(
        organization,
        together.map(({ wanted }) => wanted),
      )
      together.forEach(({ answer }, index) => {
        answer(found[index])
      })
    } catch (thrown) {
      for (const { fail } of together) fail(thrown)
    } finally {
      lane.underWay -= 1
      proceed(organization, lane)
    }
  }

  function proceed(organization: OrganizationId, lane: Lane): void {
    if (lane.waiting.length > 0 && lane.underWay < UNDER_WAY_MAX) void send(organization, lane)
    else if (lane.waiting.length === 0 && lane.underWay === 0) lanes.delete(organization)
  }

  return (
    { organization, practice }: PracticeRef,
    type: string,
    id: string,
    reader: Reader,
  ): Promise<Mirrored | undefined> =>
    new Promise((answer, fail) => {
      const lane = lanes.get(organization) ?? { waiting: [], underWay: 0 }
      lanes.set(organization, lane)
      if (lane.waiting.length >= WAITING_MAX) {
        fail(new ChartwayError('DATABASE_UNREACHABLE', { retry: 'later' }))
        return
      }
      lane.waiting.push({ wanted: { practice, type, id, reader }, answer, fail })
      proceed(organization, lane)
    })
}
