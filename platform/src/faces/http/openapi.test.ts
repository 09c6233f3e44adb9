// The API's description against its golden file: nothing changes for callers without being seen.
// UPDATE=1 writes the file anew.

import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Tenants, tenants } from '../../../../test/tenants.ts'
import { errorCodes } from '../../kernel/errors.ts'
import { operations } from '../../operations/index.ts'
import { ROUTES } from './routes.ts'

const golden = new URL('openapi.json', import.meta.url)
let world: Tenants
let served: string

beforeAll(async () => {
  world = await tenants()
  served = (await world.platform.face.inject('/openapi.json')).body
  if (process.env.UPDATE === '1') writeFileSync(golden, served)
})
afterAll(() => world.close())

test('the served description is the golden one', () => {
  // As values: how the file is laid out is the formatter's affair.
  expect(JSON.parse(served)).toEqual(JSON.parse(readFileSync(golden, 'utf8')))
})

test('every operation has one route, and every route one operation', () => {
  expect(operations.map(({ name }) => name).sort()).toEqual(Object.keys(ROUTES).sort())
  const places = Object.values(ROUTES).map(({ method, path }) => `${method} ${path}`)
  expect(new Set(places).size).toBe(places.length)
})

test('every operation is described, with its key, its answer and its problems', () => {
  const paths: Record<string, Record<string, DescribedOperation>> = JSON.parse(served).paths
  const described = Object.values(paths).flatMap((item) => Object.values(item))
  const literal = Object.entries(ROUTES).flatMap(([name, { also }]) =>
    (also ?? []).map(() => `literal.${name}`),
  )
  expect(described.map(({ operationId }) => operationId).sort()).toEqual(
    [...operations.map(({ name }) => name), ...literal].sort(),
  )
  for (const { operationId, responses, security } of described) {
    const own = operationId.replace('literal.', '')
    const open = operations.find(({ name }) => name === own)?.need === 'none'
    expect(security).toEqual(open ? [] : [{ key: [] }, { session: [] }])
    expect(Object.keys(responses).some((status) => status.startsWith('2'))).toBe(true)
    expect(responses['401']?.description.includes('KEY_MISSING') === true).toBe(!open)
  }
})

interface DescribedOperation {
  readonly operationId: string
  readonly responses: Readonly<Record<string, { readonly description: string }>>
  readonly security: unknown
}

test('the description names no code that does not exist, and points nowhere outside', () => {
  const named = served.match(/\b[A-Z]+(?:_[A-Z]+)+\b/g) ?? []
  const known = new Set<string>(errorCodes())
  expect(named.filter((code) => !known.has(code))).toEqual([])
  expect(
    served.match(/https?:\/\/[\w.]+/g)?.filter((url) => !url.includes('json-schema.org')),
  ).toEqual(undefined)
  const references = [...served.matchAll(/"\$ref": "#\/components\/schemas\/(\w+)"/g)]
  const schemas = Object.keys(JSON.parse(served).components.schemas)
  expect(references.filter(([, name]) => !schemas.includes(name ?? ''))).toEqual([])
})
