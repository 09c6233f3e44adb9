// What one search may cost: how many chains it has, and how often one inclusion is looked for.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Tenants, tenants } from '../../../../test/tenants.ts'

let world: Tenants
beforeAll(async () => {
  world = await tenants()
})
afterAll(() => world.close())

async function search(query: string): Promise<{ status: number; code: string | undefined }> {
  const headers = { authorization: `Bearer ${world.north.readKey}` }
  const url = `/fhir/r4/north-clinic/${query}`
  const reply = await world.platform.face.inject({ method: 'GET', url, headers })
  const [issue] = JSON.parse(reply.body).issue ?? []
  return { status: reply.statusCode, code: issue?.code }
}

test('a search has five chains and no more', async () => {
  const chained = (count: number) =>
    `Condition?${Array.from({ length: count }, () => 'patient.name=stone').join('&')}`
  expect(await search(chained(5))).toMatchObject({ status: 200 })
  expect(await search(chained(6))).toEqual({ status: 400, code: 'too-costly' })
})

test('an inclusion that is named again and again is looked for once', async () => {
  const before = await world.accesses(world.north.organization)
  const again = Array.from({ length: 40 }, () => '_revinclude=Provenance:target').join('&')
  expect(await search(`Patient?_id=north-1&${again}`)).toMatchObject({ status: 200 })
  const after = await world.accesses(world.north.organization)
  expect(after.length - before.length).toBe(2)
})
