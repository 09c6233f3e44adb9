// Each organization's data keys, wrapped by the installation's master key: gives the one to seal with
// and the ones to open with. Keeps unwrapped keys in memory only.

import type { Clock } from '../kernel/clock.ts'
import { assert } from '../kernel/errors.ts'
import type { OrganizationId } from '../kernel/ids.ts'
import type { Random } from '../kernel/random.ts'
import type { DataKeyRow, PracticeStore } from './store.ts'
import { type EnvelopePlace, KEY_BYTES, open, type SealingKey, seal, unreadable } from './vault.ts'

const MASTER_ID = 'master'
/** Unwrapped keys kept in memory. */
const KEPT_MAX = 1_000

export interface DataKeys {
  /** The organization's newest key; made when it has none. */
  current(organization: OrganizationId): Promise<SealingKey>
  /** Throws CREDENTIAL_UNREADABLE when the key is gone or wrapped by another master key. */
  byId(organization: OrganizationId, id: string): Promise<SealingKey>
}

export function createDataKeys(options: {
  readonly store: PracticeStore
  readonly clock: Clock
  readonly random: Random
  readonly masterKey: Uint8Array
}): DataKeys {
  const { store, clock, random } = options
  assert(options.masterKey.length === KEY_BYTES, 'the master key has 32 bytes')
  const master: SealingKey = { id: MASTER_ID, bytes: options.masterKey }
  const kept = new Map<string, SealingKey>()

  const unwrap = (organization: OrganizationId, row: DataKeyRow): SealingKey => {
    const name = `${organization}/${row.id}`
    const known = kept.get(name)
    if (known !== undefined) return known
    const key = { id: row.id, bytes: open(master, placeOf(organization, row.id), row.wrapped) }
    if (kept.size >= KEPT_MAX) kept.clear()
    kept.set(name, key)
    return key
  }

  return {
    current: async (organization) => {
      const [newest] = await store.dataKeys(organization)
      if (newest !== undefined) return unwrap(organization, newest)
      const id = random.uuid()
      const wrapped = seal(master, placeOf(organization, id), random.bytes(KEY_BYTES), random)
      // Two processes may both add a first key; envelopes name theirs, so both serve.
      await store.addDataKey(organization, { id, wrapped }, clock.now())
      return unwrap(organization, { id, wrapped })
    },
    byId: async (organization, id) => {
      const known = kept.get(`${organization}/${id}`)
      if (known !== undefined) return known
      const row = (await store.dataKeys(organization)).find((key) => key.id === id)
      if (row === undefined) throw unreadable()
      return unwrap(organization, row)
    },
  }
}

function placeOf(organization: OrganizationId, id: string): EnvelopePlace {
  return { organization, table: 'data_keys', column: 'wrapped', rowKey: [id] }
}
