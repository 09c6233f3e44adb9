// The capability statement and the discovery document, compared with the captured ones where those
// are at hand. It tests no search.

import { existsSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { CODE, type Keys, makeKeys, rig } from '../rig.ts'

const captures = new URL('../../../../shared/vendor/captures/', import.meta.url)
const hasCaptures = existsSync(captures)
const capture = (name: string) => JSON.parse(readFileSync(new URL(name, captures), 'utf8'))

let keys: Keys
beforeAll(async () => {
  keys = await makeKeys()
})

interface DeclaredType {
  type: string
  interaction: { code: string }[]
  searchParam?: { name: string; type: string }[]
  searchInclude?: string[]
  searchRevInclude?: string[]
  operation?: { name: string; definition: string }[]
}

/** One line per fact, so that a difference reads as one. */
function facts(statement: { rest: { resource: DeclaredType[]; operation: { name: string }[] }[] }) {
  const rest = statement.rest[0]
  if (rest === undefined) throw new Error('no rest')
  const lines = rest.operation.map(({ name }) => `system $${name}`)
  for (const each of rest.resource) {
    const add = (what: string, values: readonly string[]) =>
      lines.push(...values.map((value) => `${each.type} ${what} ${value}`))
    lines.push(each.type)
    add(
      'interaction',
      each.interaction.map(({ code }) => code),
    )
    add(
      'parameter',
      (each.searchParam ?? []).map(({ name, type }) => `${name} ${type}`),
    )
    add('include', each.searchInclude ?? [])
    add('revinclude', each.searchRevInclude ?? [])
    add(
      'operation',
      (each.operation ?? []).map(({ name, definition }) => `${name} ${definition}`),
    )
  }
  return lines.toSorted()
}

describe('metadata', () => {
  test.skipIf(!hasCaptures)('declares exactly what the captured statement declares', async () => {
    const { get } = rig({ keys })
    const reply = await get(`/fhir/r4/${CODE}/metadata`)
    const captured = capture('capabilitystatement-2026-08-14.json')
    expect(facts(reply.value)).toEqual(facts(captured))
    const { rest: _, text: __, date: ___, ...own } = reply.value
    const { rest: _r, text: _t, date: _d, ...theirs } = captured
    expect(own).toEqual(theirs)
  })

  test('needs no token, names another practice and stamps vendor time', async () => {
    const { get } = rig({ keys })
    const { value, status } = await get(`/fhir/r4/${CODE}/metadata`)
    expect(status).toBe(200)
    expect(value.url).toContain('/CFFIBD/')
    expect(value.date).toBe('2026-11-20T10:00:00.000-05:00')
    expect(value.rest[0].resource).toHaveLength(36)
  })

  test('sends the client to this sandbox for authorization', async () => {
    const { get } = rig({ keys })
    const { value } = await get(`/fhir/r4/${CODE}/metadata`)
    const [{ extension }] = value.rest[0].security.extension
    expect(extension[1].valueUri).toBe('http://vendor.test/oauth/oauth2/token')
  })
})

describe('smart-configuration', () => {
  test.skipIf(!hasCaptures)('has the captured members, scopes and capabilities', async () => {
    const { get } = rig({ keys })
    const { value } = await get(`/fhir/r4/${CODE}/.well-known/smart-configuration`)
    const captured = capture('smart-configuration-2026-08-14.json')
    expect(Object.keys(value).toSorted()).toEqual(Object.keys(captured).toSorted())
    for (const [name, theirs] of Object.entries(captured)) {
      if (!Array.isArray(theirs)) continue
      expect(value[name].toSorted(), name).toEqual(theirs.toSorted())
    }
  })

  test('publishes 486 scopes of which 485 differ', async () => {
    const { get } = rig({ keys })
    const { value } = await get(`/fhir/r4/${CODE}/.well-known/smart-configuration`)
    expect(value.scopes_supported).toHaveLength(486)
    expect(new Set(value.scopes_supported).size).toBe(485)
    expect(value.issuer).toBe('http://vendor.test/fhir/r4/JAFJCD')
  })

  test.each(['/.well-known/smart-configuration', '/fhir/r4/.well-known/smart-configuration'])(
    '%s is a 400: discovery needs the practice code',
    async (path) => {
      const { get } = rig({ keys })
      expect((await get(path)).status).toBe(400)
    },
  )
})
