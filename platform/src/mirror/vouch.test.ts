// Freshness that was learnt in another way than by a listing: what it dates, and what it leaves undated.

import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  answer,
  type MirrorBench,
  mirrorBench,
  reader,
  seen,
} from '../../../test/mirror-samples.ts'
import type { PracticeRef } from '../kernel/ids.ts'

let bench: MirrorBench
beforeAll(async () => {
  bench = await mirrorBench()
})
afterAll(() => bench.close())

const QUESTION = { search: 'Observation', subject: 'pat' }

async function expected(): Promise<PracticeRef> {
  const ref = await bench.practice()
  await bench.mirror.expect(ref, [{ ...QUESTION, covers: ['Observation'] }])
  return ref
}

const asOf = async (ref: PracticeRef, id: string) =>
  (await bench.mirror.read(ref, 'Observation', id, reader))?.asOf

const part = (askedAt: number, ...ids: string[]) =>
  answer(
    askedAt,
    ids.map((id) => seen('Observation', id)),
    { complete: false },
  )

it('dates a question all of whose records were shown then, and nothing more than that', async () => {
  const ref = await expected()
  await bench.mirror.apply(ref, [part(100, 'a', 'b')])
  expect(await asOf(ref, 'a')).toBeUndefined()
  expect(
    await bench.mirror.vouch(ref, [QUESTION, { search: 'other', subject: 'pat' }], 100),
  ).toEqual([QUESTION])
  expect(await asOf(ref, 'a')).toBe(100)
})

it('leaves a question undated of which something older is known that was not shown', async () => {
  const ref = await expected()
  await bench.mirror.apply(ref, [part(50, 'old'), part(50, 'a')])
  await bench.mirror.apply(ref, [part(100, 'a')])
  expect(await bench.mirror.vouch(ref, [QUESTION], 100)).toEqual([])
  expect(await asOf(ref, 'a')).toBeUndefined()
})

it('never turns a date back, and the next listing still misses what has gone', async () => {
  const ref = await expected()
  await bench.mirror.apply(ref, [part(100, 'a', 'b')])
  await bench.mirror.vouch(ref, [QUESTION], 100)
  await bench.mirror.vouch(ref, [QUESTION], 90)
  expect(await asOf(ref, 'a')).toBe(100)
  const next = await bench.mirror.apply(ref, [answer(200, [seen('Observation', 'a')])])
  expect(next.missing).toEqual([{ type: 'Observation', id: 'b' }])
})
