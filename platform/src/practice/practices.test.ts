// Organizations, practices and keys against a real database: what is recorded, what tenants see of each
// other, how fast a revocation bites, and secrets that were moved.

import { createLocalJWKSet, decodeProtectedHeader, type JWK, jwtVerify } from 'jose'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import type { Clock } from '../kernel/clock.ts'
import { type OrganizationId, organizationId, type PracticeId, practiceId } from '../kernel/ids.ts'
import { seededRandom, systemRandom } from '../kernel/random.ts'
import { VirtualClock } from '../kernel/virtual-clock.ts'
import { createLedger } from '../ledger/index.ts'
import { createPractices } from './practices.ts'
import type { NewPractice, Practices } from './types.ts'

const MASTER = seededRandom('master').bytes(32)
const START = 1_800_000_000_000
const random = systemRandom()

let held: TestDatabase
let owner: pg.Client
let clock: VirtualClock
let practices: Practices
let one: OrganizationId
let two: OrganizationId

beforeAll(async () => {
  held = await testDatabase()
  owner = new pg.Client({ connectionString: held.url })
  await owner.connect()
})
afterAll(async () => {
  await owner.end()
  await held.close()
})

/** Two fresh organizations, each with the practice `elm`. */
beforeEach(async () => {
  clock = new VirtualClock(START)
  practices = createPractices({ database: held.database, clock, random, masterKey: MASTER })
  one = fresh()
  two = fresh()
  for (const organization of [one, two]) {
    await practices.createOrganization(organization, 'An organization')
    await practices.connect(organization, elm(), 'system')
  }
})

function fresh(): OrganizationId {
  const made = organizationId(`o-${random.uuid()}`)
  if (made === undefined) throw new Error('no id')
  return made
}

function practice(text: string): PracticeId {
  const made = practiceId(text)
  if (made === undefined) throw new Error(text)
  return made
}

function elm(): NewPractice {
  return {
    practice: practice('elm'),
    name: 'Elm Street',
    timeZone: 'America/New_York',
    dialect: 'ecw',
    baseUrl: 'https://ehr.example/fhir/r4/ABCDEF',
    clientId: 'client',
    overrides: { pageSize: [1, null, 'x'] },
  }
}

async function actions(organization: OrganizationId) {
  const events = await createLedger(held.database).list(organization, { limit: 50 })
  return events.map(({ action, actor, subject, practice: at }) => ({ action, actor, subject, at }))
}

describe('practices', () => {
  test('a connected practice is read back, and recorded', async () => {
    const ref = { organization: one, practice: practice('elm') }
    const { practice: _, ...rest } = elm()
    const stored = { ref, ...rest, state: 'connected', createdAt: START }
    expect(await practices.get(ref)).toEqual(stored)
    expect(await practices.list(one)).toEqual([stored])
    expect(await actions(one)).toEqual([
      { action: 'practices.connect', actor: 'system', subject: 'Practice/elm', at: 'elm' },
    ])
    expect(await practices.organizations()).toEqual(expect.arrayContaining([one, two]))
  })

  test('connecting again changes the settings and keeps age and credentials, and is recorded', async () => {
    const ref = { organization: one, practice: practice('elm') }
    await practices.putCredential(ref, 'secret', 'kept', 'system')
    await clock.advance(60_000)
    const { practice: _, ...rest } = elm()
    const moved = { baseUrl: 'https://other.example/fhir/r4/ABCDEF', overrides: {} }
    const changed = await practices.connect(one, { ...elm(), ...moved }, 'key:x')
    const stored = { ref, ...rest, ...moved, state: 'connected', createdAt: START }
    expect(changed).toEqual(stored)
    expect(await practices.list(one)).toEqual([stored])
    expect(await practices.credential(ref, 'secret')).toBe('kept')
    expect((await actions(one)).map(({ action, actor }) => `${action} ${actor}`)).toEqual([
      'practices.update key:x',
      'credentials.write system',
      'practices.connect system',
    ])
    const elsewhere = await practices.get({ organization: two, practice: practice('elm') })
    expect(elsewhere?.baseUrl).toBe(elm().baseUrl)
  })

  test('a practice of an organization that does not exist is refused', async () => {
    await expect(practices.connect(fresh(), elm(), 'system')).rejects.toMatchObject({
      code: 'DATABASE_REFERENCE',
    })
  })
})

describe('API keys', () => {
  test('a key stands for its organization and scopes, and its secret is not stored', async () => {
    const made = await practices.createApiKey(one, { name: 'n', scopes: ['read'] }, 'system')
    expect(made.text).toMatch(new RegExp(`^cw_${one}_${made.keyId}_[A-Za-z0-9_-]{43}$`))
    expect(await practices.authenticate(made.text)).toEqual({
      organization: one,
      actor: `key:${made.keyId}`,
      rights: ['charts', 'monitor'],
      charts: { types: 'all', sensitive: false, patient: undefined },
      practices: undefined,
      authenticatedAt: undefined,
    })
    const secret = made.text.slice(-43)
    const { rows } = await owner.query('SELECT api_keys::text AS row FROM chartway.api_keys')
    expect(JSON.stringify(rows)).not.toContain(secret)
    expect(JSON.stringify(rows)).not.toContain(Buffer.from(secret, 'base64url').toString('hex'))
  })

  test('a wrong secret, another organization, and nonsense are nobody', async () => {
    const { text } = await practices.createApiKey(one, { name: 'n', scopes: ['read'] }, 'system')
    const flipped = `${text.slice(0, -2)}${text.at(-2) === 'A' ? 'B' : 'A'}${text.at(-1)}`
    for (const wrong of [
      flipped,
      text.replace(one, two),
      text.replace(one, 'nobody'),
      text.slice(0, -1),
      `${text}A`,
      text.toUpperCase(),
      '',
      'cw___',
    ]) {
      expect(await practices.authenticate(wrong)).toBeUndefined()
    }
  })

  test('a revoked key is refused at once here, and within 5 s by another process', async () => {
    const elsewhere = createPractices({ database: held.database, clock, random, masterKey: MASTER })
    const { text, keyId } = await practices.createApiKey(one, { name: 'n', scopes: ['read'] }, 's')
    expect(await elsewhere.authenticate(text)).toBeDefined()
    expect(await practices.authenticate(text)).toBeDefined()
    expect(await practices.revokeApiKey(one, keyId, 'key:admin')).toBe(true)
    expect(await practices.authenticate(text)).toBeUndefined()
    await clock.advance(4_999)
    expect(await elsewhere.authenticate(text)).toBeDefined()
    await clock.advance(1)
    expect(await elsewhere.authenticate(text)).toBeUndefined()
    expect((await actions(one))[0]).toMatchObject({
      action: 'keys.revoke',
      actor: 'key:admin',
      subject: `ApiKey/${keyId}`,
    })
  })

  test('a revoked key is not remembered by a process whose clock has gone back', async () => {
    let back = 0
    const turned: Clock = {
      factor: 1,
      now: () => clock.now() - back,
      sleep: (ms, options) => clock.sleep(ms, options),
      during: (work) => clock.during(work),
    }
    const ports = { database: held.database, clock: turned, random, masterKey: MASTER }
    const elsewhere = createPractices(ports)
    const { text, keyId } = await practices.createApiKey(one, { name: 'n', scopes: ['read'] }, 's')
    expect(await elsewhere.authenticate(text)).toBeDefined()
    await practices.revokeApiKey(one, keyId, 'key:admin')
    back = 3_600_000
    expect(await elsewhere.authenticate(text)).toBeUndefined()
  })

  test('a remembered key still needs its secret', async () => {
    const { text } = await practices.createApiKey(one, { name: 'n', scopes: ['read'] }, 'system')
    const other = await practices.createApiKey(one, { name: 'm', scopes: ['read'] }, 'system')
    expect(await practices.authenticate(text)).toBeDefined()
    const mixed = text.slice(0, -43) + other.text.slice(-43)
    expect(await practices.authenticate(mixed)).toBeUndefined()
  })

  test('a key is revoked once, and not by another organization', async () => {
    const { keyId } = await practices.createApiKey(one, { name: 'n', scopes: ['read'] }, 'system')
    expect(await practices.revokeApiKey(two, keyId, 'system')).toBe(false)
    expect(await practices.revokeApiKey(one, keyId, 'system')).toBe(true)
    expect(await practices.revokeApiKey(one, keyId, 'system')).toBe(false)
    expect((await actions(one)).filter(({ action }) => action === 'keys.revoke')).toHaveLength(1)
    expect(await actions(two)).toHaveLength(1)
  })
})

describe('signing keys', () => {
  const claims = { iss: 'client', sub: 'client', aud: 'https://ehr.example/token', jti: 'j1' }

  async function verified(token: string) {
    const { keys } = await practices.jwks(one)
    // The document as a vendor would parse it.
    const jwks: { keys: JWK[] } = JSON.parse(JSON.stringify({ keys }))
    return jwtVerify(token, createLocalJWKSet(jwks), { algorithms: ['RS384'] })
  }

  test('the first rotation makes a key that signs as the vendor wants it', async () => {
    await expect(practices.sign(one, claims, 'RS384')).rejects.toMatchObject({
      code: 'SIGNING_KEY_MISSING',
    })
    const { kid } = await practices.rotateSigningKey(one, 'system')
    const token = await practices.sign(one, claims, 'RS384')
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'RS384', typ: 'JWT', kid })
    expect((await verified(token)).payload).toEqual(claims)
    const { keys } = await practices.jwks(one)
    expect(keys).toEqual([
      expect.objectContaining({ kty: 'RSA', use: 'sig', alg: 'RS384', kid, e: 'AQAB' }),
    ])
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
  })

  test('a next key is published before it signs, and a retired one a while longer', async () => {
    const first = await practices.rotateSigningKey(one, 'system')
    const old = await practices.sign(one, claims, 'RS384')
    const next = await practices.rotateSigningKey(one, 'system')
    expect((await practices.jwks(one)).keys).toHaveLength(2)
    expect(decodeProtectedHeader(await practices.sign(one, claims, 'RS384')).kid).toBe(first.kid)
    expect(await practices.rotateSigningKey(one, 'key:admin')).toEqual(next)
    const token = await practices.sign(one, claims, 'RS384')
    expect(decodeProtectedHeader(token).kid).toBe(next.kid)
    await verified(old)
    await clock.advance(10 * 60_000)
    expect((await practices.jwks(one)).keys).toMatchObject([{ kid: next.kid }])
    await verified(token)
    expect((await actions(one)).slice(0, 3)).toEqual(
      [next.kid, next.kid, first.kid].map((kid, index) => ({
        action: 'signing-keys.rotate',
        actor: index === 0 ? 'key:admin' : 'system',
        subject: `SigningKey/${kid}`,
        at: undefined,
      })),
    )
  })

  test('rotations at once leave one active key and one next', async () => {
    await Promise.all([1, 2, 3, 4].map(() => practices.rotateSigningKey(one, 'system')))
    const { rows } = await owner.query(
      'SELECT state, count(*)::int AS n FROM chartway.signing_keys WHERE organization_id = $1 GROUP BY 1 ORDER BY 1',
      [one],
    )
    expect(rows).toEqual([
      { state: 'active', n: 1 },
      { state: 'next', n: 1 },
      { state: 'retired', n: 1 },
    ])
  })

  test('a private key moved to another row or tenant does not sign', async () => {
    await practices.rotateSigningKey(one, 'system')
    await practices.rotateSigningKey(two, 'system')
    await owner.query(
      `UPDATE chartway.signing_keys SET envelope = (SELECT envelope FROM chartway.signing_keys
          WHERE organization_id = $1) WHERE organization_id = $2`,
      [one, two],
    )
    const reader = createPractices({ database: held.database, clock, random, masterKey: MASTER })
    await expect(reader.sign(two, claims, 'RS384')).rejects.toMatchObject({
      code: 'CREDENTIAL_UNREADABLE',
    })
  })
})

describe('credentials', () => {
  const at = (organization: OrganizationId) => ({ organization, practice: practice('elm') })

  test('a credential is sealed at rest, read back, replaced, and recorded without its value', async () => {
    await practices.putCredential(at(one), 'secret', 'correct horse', 'key:admin')
    await practices.putCredential(at(one), 'secret', 'battery staple', 'key:admin')
    expect(await practices.credential(at(one), 'secret')).toBe('battery staple')
    expect(await practices.credential(at(one), 'other')).toBeUndefined()
    expect(await practices.credential(at(two), 'secret')).toBeUndefined()
    const { rows } = await owner.query<{ envelope: Buffer }>(
      'SELECT envelope FROM chartway.credentials WHERE organization_id = $1',
      [one],
    )
    expect(rows[0]?.envelope.includes(Buffer.from('battery'))).toBe(false)
    const events = await createLedger(held.database).list(one, { limit: 2 })
    expect(events).toMatchObject([
      { action: 'credentials.write', subject: 'Credential/secret', practice: 'elm' },
      { action: 'credentials.write' },
    ])
    expect(JSON.stringify(events)).not.toContain('horse')
  })

  test.each([
    ['between tenants', `organization_id = $2 AND name = 'a'`],
    ['between rows', `organization_id = $1 AND name = 'b'`],
  ])('envelopes swapped %s do not open', async (_, target) => {
    await practices.putCredential(at(one), 'a', 'one a', 'system')
    await practices.putCredential(at(one), 'b', 'one b', 'system')
    await practices.putCredential(at(two), 'a', 'two a', 'system')
    await owner.query(
      `UPDATE chartway.credentials SET envelope = (SELECT envelope FROM chartway.credentials
          WHERE organization_id = $1 AND name = 'a') WHERE ${target} AND $2::text IS NOT NULL`,
      [one, two],
    )
    const moved = target.includes('$2 AND')
      ? practices.credential(at(two), 'a')
      : practices.credential(at(one), 'b')
    await expect(moved).rejects.toMatchObject({
      code: 'CREDENTIAL_UNREADABLE',
    })
    expect(await practices.credential(at(one), 'a')).toBe('one a')
  })

  test('a data key moved to another tenant opens nothing there', async () => {
    await practices.putCredential(at(one), 'a', 'one a', 'system')
    await owner.query(
      `INSERT INTO chartway.data_keys SELECT $2, data_key_id, wrapped, created_at
         FROM chartway.data_keys WHERE organization_id = $1`,
      [one, two],
    )
    await owner.query(
      `INSERT INTO chartway.credentials SELECT $2, practice_id, name, envelope, created_at
         FROM chartway.credentials WHERE organization_id = $1`,
      [one, two],
    )
    await expect(practices.credential(at(two), 'a')).rejects.toMatchObject({
      code: 'CREDENTIAL_UNREADABLE',
    })
  })

  test('with another master key nothing opens', async () => {
    await practices.putCredential(at(one), 'a', 'one a', 'system')
    const stranger = createPractices({
      database: held.database,
      clock,
      random,
      masterKey: random.bytes(32),
    })
    await expect(stranger.credential(at(one), 'a')).rejects.toMatchObject({
      code: 'CREDENTIAL_UNREADABLE',
    })
  })
})
