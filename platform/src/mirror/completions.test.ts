// What questions about patients leave out and another one shows, such as telephone encounters in a
// practitioner's schedule: it is not looked for again and again, and its deletion is found all the same.

import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  answer,
  type MirrorBench,
  mirrorBench,
  reader,
  seen,
} from '../../../test/mirror-samples.ts'

let bench: MirrorBench
beforeAll(async () => {
  bench = await mirrorBench()
})
afterAll(() => bench.close())

const chart = { search: 'Encounter', subject: 'pat', covers: ['Encounter'] }
const schedule = (subject: string) => ({ search: 'Encounter.schedule', subject, covers: [] })
const visit = seen('Encounter', 'visit')
const call = seen('Encounter', 'call')
const byId = { pathway: 'fhir', search: 'Encounter.byId' }

async function practice() {
  const ref = await bench.practice()
  const completes = ['Encounter']
  await bench.mirror.expect(ref, [
    chart,
    { ...schedule('dr1'), completes },
    { ...schedule('dr2'), completes },
  ])
  const missing = async (...listings: Parameters<typeof answer>[]) => {
    const answers = listings.map((parts) => answer(...parts))
    return (await bench.mirror.apply(ref, answers)).missing.map(({ id }) => id)
  }
  return { ref, missing }
}

it('is explained by the listing that shows it, in whichever order they answer', async () => {
  const { missing } = await practice()
  expect(await missing([100, [visit, call], schedule('dr1')])).toEqual([])
  for (const at of [200, 300, 400]) {
    expect(await missing([at, [visit], chart])).toEqual([])
    expect(await missing([at + 50, [visit, call], schedule('dr1')])).toEqual([])
  }
  const other = await practice()
  expect(await other.missing([100, [visit], chart])).toEqual([])
  expect(await other.missing([150, [visit, call], schedule('dr1')])).toEqual([])
  for (const at of [200, 300]) expect(await other.missing([at, [visit], chart])).toEqual([])
})

it('is read when what showed it no longer does, and holds the date back until it is explained', async () => {
  const { ref, missing } = await practice()
  const asOf = async (id: string) => (await bench.mirror.read(ref, 'Encounter', id, reader))?.asOf
  await missing([90, [], schedule('dr2')], [100, [visit, call], schedule('dr1')])
  await missing([200, [visit], chart])
  await missing([300, [visit], chart], [310, [], schedule('dr2')])
  expect(await asOf('call')).toBe(100)
  expect(await missing([305, [visit], schedule('dr1')])).toEqual(['call'])
  expect(await asOf('call')).toBe(100)
  const absent = { kind: 'absent', type: 'Encounter', id: 'call', askedAt: 510 } as const
  await bench.mirror.applyRead(ref, absent, byId)
  expect(await bench.mirror.read(ref, 'Encounter', 'call', reader)).toMatchObject({ deleted: true })
  expect(await missing([600, [visit], chart])).toEqual([])
  expect(await asOf('visit')).toBe(305)
})

it('that only a read finds is read again with every answer about its patient', async () => {
  const { ref, missing } = await practice()
  await missing([100, [visit, call], schedule('dr1')])
  await missing([200, [visit], chart])
  expect(await missing([300, [visit], schedule('dr1')])).toEqual(['call'])
  const found = (askedAt: number) =>
    bench.mirror.applyRead(ref, { kind: 'found', seen: call, askedAt }, byId)
  await found(310)
  for (const at of [400, 500]) {
    expect(await missing([at, [visit], chart])).toEqual(['call'])
    await found(at + 10)
  }
})

it('is not looked for when it only moves to another’s schedule', async () => {
  const { missing } = await practice()
  await missing([100, [visit, call], schedule('dr1')])
  await missing([200, [visit], chart])
  expect(await missing([300, [visit], schedule('dr1')], [301, [call], schedule('dr2')])).toEqual([])
  expect(await missing([400, [visit], chart])).toEqual([])
})
