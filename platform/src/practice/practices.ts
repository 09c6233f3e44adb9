// Organizations, practices and their keys, as the rooms above use them. It speaks to no vendor and
// decides nothing about what a caller may do.

import type { KeyObject } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import { ChartwayError } from '../kernel/errors.ts'
import type { OrganizationId, PracticeRef } from '../kernel/ids.ts'
import type { Random } from '../kernel/random.ts'
import type { AccessEvent } from '../ledger/index.ts'
import { makeApiKey } from './api-keys.ts'
import { createDataKeys, type DataKeys } from './data-keys.ts'
import { createHolds } from './holds/index.ts'
import { createKeyCheck } from './key-check.ts'
import { ALGORITHM, makeSigningKey, readSigningKey, signJwt } from './signing-keys.ts'
import { createStore, type Database, type PracticeStore } from './store.ts'
import type { Practices } from './types.ts'
import { type EnvelopePlace, keyIdOf, open, seal } from './vault.ts'

/**
 * How long a retired key stays in the key set: longer than any assertion signed with it lives (5
 * minutes at most, SMART App Launch "client-confidential-asymmetric").
 */
const RETIRED_SHOWN_MS = 10 * 60_000
/** Private keys read and kept in memory. */
const READ_KEYS_MAX = 1_000

interface Rooms {
  readonly store: PracticeStore
  readonly clock: Clock
  readonly random: Random
  readonly dataKeys: DataKeys
}

/**
 * `masterKey`: the installation's, 32 bytes; without it no credential can be opened again. Needs a
 * database that `migrate` has prepared.
 */
export function createPractices(options: {
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
  readonly masterKey: Uint8Array
}): Practices {
  const { database, clock, random, masterKey } = options
  const store = createStore(database)
  const dataKeys = createDataKeys({ store, clock, random, masterKey })
  const rooms: Rooms = { store, clock, random, dataKeys }
  return {
    createOrganization: (id, name) => store.addOrganization(id, name, clock.now()),
    organizations: () => store.organizations(),
    connect: async (organization, { practice, ...rest }, actor) => {
      const now = clock.now()
      const ref = { organization, practice }
      const subject = `Practice/${practice}`
      return store.putPractice({ ref, ...rest, state: 'connected', createdAt: now }, (made) => ({
        ...done(now, actor, made ? 'practices.connect' : 'practices.update', subject),
        practice,
      }))
    },
    setState: (ref, state, actor) => {
      const action = state === 'paused' ? 'practices.pause' : 'practices.resume'
      const event = done(clock.now(), actor, action, `Practice/${ref.practice}`)
      return store.setState(ref, state, { ...event, practice: ref.practice })
    },
    get: (ref) => store.practice(ref),
    list: (organization) => store.practices(organization),
    ...createHolds({ database, clock }),
    ...apiKeys(rooms),
    ...signing(rooms),
    ...credentials(rooms),
    seal: (place, plain) => sealed(rooms, place, plain),
    unseal: (place, envelope) => opened(rooms, place, envelope),
  }
}

function apiKeys({ store, clock, random }: Rooms) {
  const check = createKeyCheck(store, clock)
  return {
    createApiKey: async (organization, { name, scopes }, actor) => {
      const { keyId, secretHash, text } = makeApiKey(organization, random)
      await store.addApiKey(
        { organization, keyId, name, secretHash, scopes },
        done(clock.now(), actor, 'keys.create', `ApiKey/${keyId}`),
      )
      return { keyId, text }
    },
    authenticate: check.authenticate,
    apiKeys: (organization) => store.apiKeys(organization),
    revokeApiKey: async (organization, keyId, actor) => {
      const event = done(clock.now(), actor, 'keys.revoke', `ApiKey/${keyId}`)
      const revoked = await store.revokeApiKey(organization, keyId, event)
      check.forget(organization, keyId)
      return revoked
    },
  } satisfies Partial<Practices>
}

function signing(rooms: Rooms) {
  const { store, clock } = rooms
  const read = new Map<string, KeyObject>()

  const privateKey = async (organization: OrganizationId, kid: string, envelope: Uint8Array) => {
    const known = read.get(`${organization}/${kid}`)
    if (known !== undefined) return known
    const key = readSigningKey(await opened(rooms, signingKeyPlace(organization, kid), envelope))
    if (read.size >= READ_KEYS_MAX) read.clear()
    read.set(`${organization}/${kid}`, key)
    return key
  }

  return {
    jwks: async (organization) => {
      const now = clock.now()
      const shown = (await store.signingKeys(organization)).filter(
        ({ retiredAt }) => retiredAt === undefined || now - retiredAt < RETIRED_SHOWN_MS,
      )
      return { keys: shown.map((key) => key.publicJwk) }
    },
    rotateSigningKey: async (organization, actor) => {
      const made = await clock.during(makeSigningKey())
      const envelope = await sealed(rooms, signingKeyPlace(organization, made.kid), made.pkcs8)
      const now = clock.now()
      const kid = await store.rotate(
        organization,
        { kid: made.kid, algorithm: ALGORITHM, publicJwk: made.publicJwk, envelope },
        now,
        (rotated) => done(now, actor, 'signing-keys.rotate', `SigningKey/${rotated}`),
      )
      return { kid }
    },
    sign: async (organization, claims) => {
      const keys = await store.signingKeys(organization)
      const active = keys.find((key) => key.state === 'active')
      if (active === undefined) throw new ChartwayError('SIGNING_KEY_MISSING')
      const key = await privateKey(organization, active.kid, active.envelope)
      return clock.during(signJwt(claims, active.kid, key))
    },
  } satisfies Partial<Practices>
}

function credentials(rooms: Rooms) {
  const { store, clock } = rooms
  return {
    putCredential: async (ref, name, secret, actor) => {
      const envelope = await sealed(rooms, credentialPlace(ref, name), Buffer.from(secret))
      await store.putCredential(ref, name, envelope, {
        ...done(clock.now(), actor, 'credentials.write', `Credential/${name}`),
        practice: ref.practice,
      })
    },
    credential: async (ref, name) => {
      const envelope = await store.credential(ref, name)
      if (envelope === undefined) return undefined
      return Buffer.from(await opened(rooms, credentialPlace(ref, name), envelope)).toString()
    },
  } satisfies Partial<Practices>
}

async function sealed(
  { dataKeys, random }: Rooms,
  place: EnvelopePlace,
  plain: Uint8Array,
): Promise<Uint8Array> {
  return seal(await dataKeys.current(place.organization), place, plain, random)
}

async function opened(
  { dataKeys }: Rooms,
  place: EnvelopePlace,
  envelope: Uint8Array,
): Promise<Uint8Array> {
  const key = await dataKeys.byId(place.organization, keyIdOf(envelope))
  return open(key, place, envelope)
}

function signingKeyPlace(organization: OrganizationId, kid: string): EnvelopePlace {
  return { organization, table: 'signing_keys', column: 'envelope', rowKey: [kid] }
}

function credentialPlace(ref: PracticeRef, name: string): EnvelopePlace {
  return {
    organization: ref.organization,
    table: 'credentials',
    column: 'envelope',
    rowKey: [ref.practice, name],
  }
}

function done(at: number, actor: string, action: string, subject: string): AccessEvent {
  return { at, actor, action, subject, outcome: 'success' }
}
