// What must hold for any request and any day: no request breaks the sandbox, no minute serves more
// than 250, pages of a still set are complete. Properties, not single cases.

import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { CODE, type Keys, makeKeys, rig, START } from './rig.ts'

let keys: Keys
beforeAll(async () => {
  keys = await makeKeys()
})

const words = fc.constantFrom(
  ...['', 'fhir', 'r4', CODE, 'Patient', 'Observation', 'metadata', '$export', '.well-known'],
  ...['oauth', 'oauth2', 'token', 'authorize', '%', '%zz', '..', 'p1', '_history', 'é', ' '],
)
const names = fc.constantFrom(
  ...['patient', '_id', 'category', 'date', '_count', 'page', '_include', 'name', 'code', ''],
)
const values = fc.oneof(
  fc.constantFrom('p1', 'ge2026-13-45', 'ge2026-05', '|', '%', 'Patient/', '0', '-1', '*', ','),
  fc.string({ maxLength: 12 }),
)
const paths = fc
  .tuple(fc.array(words, { maxLength: 7 }), fc.array(fc.tuple(names, values), { maxLength: 4 }))
  .map(([parts, pairs]) => `/${parts.join('/')}?${pairs.map((pair) => pair.join('=')).join('&')}`)

test('no request makes the sandbox throw, and every answer can be written on a socket', async () => {
  const one = rig({ keys, resources: [{ resourceType: 'Patient', id: 'p1' }] })
  const token = await one.token()
  await fc.assert(
    fc.asyncProperty(
      paths,
      fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'BREW'),
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom('', `Bearer ${token}`, 'Bearer x y', 'Basic ='),
      async (path, method, body, authorization) => {
        one.clock.add(1000)
        const headers = {
          authorization,
          'content-type': 'application/x-www-form-urlencoded',
          accept: authorization,
          cookie: path,
        }
        const reply = await one.sandbox.handle({ method, path, headers, body })
        expect(reply.status).toBeGreaterThanOrEqual(200)
        for (const [name, value] of reply.headers) {
          expect(`${name}: ${value}`).not.toMatch(/[^\t\x20-\x7e]/)
        }
        expect(reply.status).not.toBe(500)
      },
    ),
    { numRuns: 1500 },
  )
})

test('however calls arrive, no vendor minute answers more than 250 of them (R141)', async () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 300, maxLength: 700 })
  await fc.assert(
    fc.asyncProperty(gaps, fc.integer({ min: 0, max: 59_999 }), async (waits, offset) => {
      const one = rig({ keys })
      one.clock.set(START + offset)
      const served = new Map<number, number>()
      for (const wait of waits) {
        one.clock.add(wait)
        const { status } = await one.get(`/fhir/r4/${CODE}/Patient`)
        const minute = Math.floor(one.clock.now() / 60_000)
        if (status !== 429) served.set(minute, (served.get(minute) ?? 0) + 1)
      }
      expect(Math.max(...served.values())).toBeLessThanOrEqual(250)
      for (const { arrived, refused, minute } of one.sandbox.operator.minutes()) {
        expect(refused).toBe(Math.max(0, arrived - 250))
        expect(served.get(minute / 60_000)).toBe(arrived - refused)
      }
    }),
    { numRuns: 20 },
  )
})

test('pages skip a row when one before them goes away between two calls', async () => {
  const resources = Array.from({ length: 60 }, (_, i) => ({
    resourceType: 'Condition',
    id: `c${String(i).padStart(2, '0')}`,
    subject: { reference: 'Patient/p1' },
  }))
  const one = rig({ keys, resources })
  const first = await one.fhir('Condition?patient=p1')
  one.sandbox.operator.world.remove(CODE, 'Condition', 'c00', 'operator')
  const second = await one.fhir('Condition?patient=p1&page=2')
  const seen = [...first.value.entry, ...second.value.entry].map(
    (entry: { resource: { id: string } }) => entry.resource.id,
  )
  expect(seen).not.toContain('c50')
  expect(second.value.total).toBe(59)
})
