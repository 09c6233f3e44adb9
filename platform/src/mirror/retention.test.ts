// What is left of a practice of which less than everything is kept: every change is still noticed and
// numbered, and nothing of the content is anywhere in the mirror's tables.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  answer,
  type MirrorBench,
  mirrorBench,
  reader,
  seen,
} from '../../../test/mirror-samples.ts'
import type { PracticeRef } from '../kernel/ids.ts'
import type { Change } from './index.ts'

const DAY_MS = 24 * 3_600_000

let bench: MirrorBench
beforeAll(async () => {
  bench = await mirrorBench()
})
afterAll(() => bench.close())

const observation = (status: string) =>
  seen('Observation', 'a', { status, note: [{ text: `Canary ${status}` }] })
const person = (family: string) => seen('Patient', 'pat', { name: [{ family: `Canary${family}` }] })

function feed(ref: PracticeRef): Promise<readonly Change[]> {
  return bench.mirror.changes(ref, { after: 0, limit: 100 }, reader)
}

async function content(ref: PracticeRef): Promise<string | undefined> {
  return (await bench.mirror.read(ref, 'Observation', 'a', reader))?.content
}

/** All rows of the mirror about the practice, as text. */
function rows({ organization, practice }: PracticeRef): Promise<string> {
  return bench.held.database.tenant(organization, async (tx) => {
    const tables = ['resources', 'versions', 'changes', 'found_by', 'listings']
    const texts = await Promise.all(
      tables.map((table) =>
        tx.query<{ row: string }>(
          `SELECT t::text AS row FROM mirror_${table} t WHERE practice_id = $1`,
          [practice],
        ),
      ),
    )
    return texts
      .flat()
      .map(({ row }) => row)
      .join('\n')
  })
}

describe('a fingerprint', () => {
  test('has every change and none of the content', async () => {
    const ref = await bench.practice()
    await bench.mirror.retain(ref, { mode: 'fingerprint' })
    await bench.mirror.apply(ref, [answer(100, [person('One'), observation('preliminary')])])
    await bench.mirror.apply(ref, [answer(200, [person('One'), observation('final')])])
    await bench.mirror.apply(ref, [answer(300, [person('One'), observation('final')])])
    expect((await feed(ref)).map(({ sequence, kind }) => [sequence, kind])).toEqual([
      [1, 'created'],
      [2, 'created'],
      [3, 'updated'],
    ])
    expect((await feed(ref)).flatMap(({ differences }) => differences)).toEqual([])
    expect(await rows(ref)).not.toMatch(/canary/i)
    expect(await bench.mirror.counts(ref)).toEqual({ Observation: 1, Patient: 1 })
  })

  test('of what was kept before drops all of it at once', async () => {
    const ref = await bench.practice()
    await bench.mirror.apply(ref, [answer(100, [person('One'), observation('preliminary')])])
    await bench.mirror.apply(ref, [answer(200, [person('Two'), observation('final')])])
    expect(await rows(ref)).toMatch(/canary/i)
    await bench.mirror.retain(ref, { mode: 'fingerprint' })
    expect(await rows(ref)).not.toMatch(/canary/i)
    expect((await feed(ref)).map(({ kind }) => kind)).toEqual([
      'created',
      'created',
      'updated',
      'updated',
    ])
  })

  test('gone back to everything has content again as it is seen, and tells no change of it', async () => {
    const ref = await bench.practice()
    await bench.mirror.retain(ref, { mode: 'fingerprint' })
    await bench.mirror.apply(ref, [answer(100, [observation('final')])])
    await bench.mirror.retain(ref, { mode: 'full' })
    expect(await content(ref)).toBe('')
    await bench.mirror.apply(ref, [answer(200, [observation('final')])])
    expect(await content(ref)).toContain('Canary final')
    expect(await bench.mirror.lastSequence(ref)).toBe(1)
  })

  test('does not tell a proven deletion with content either', async () => {
    const ref = await bench.practice()
    await bench.mirror.retain(ref, { mode: 'fingerprint' })
    await bench.mirror.apply(ref, [answer(100, [observation('final')])])
    const absent = { kind: 'absent', type: 'Observation', id: 'a', askedAt: 300 } as const
    await bench.mirror.applyRead(ref, absent, { pathway: 'fhir', search: 'Observation.id' })
    expect((await feed(ref)).map(({ kind }) => kind)).toEqual(['created', 'deleted'])
    await bench.mirror.apply(ref, [answer(400, [observation('final')])])
    expect((await feed(ref)).map(({ kind }) => kind)).toEqual(['created', 'deleted', 'restored'])
    expect(await rows(ref)).not.toMatch(/canary/i)
  })
})

describe('a window', () => {
  test('drops what has not changed for so long, and keeps what has', async () => {
    const ref = await bench.practice()
    await bench.mirror.retain(ref, { mode: 'window', days: 2 })
    await bench.mirror.apply(ref, [answer(100, [person('One'), observation('preliminary')])])
    await bench.clock.advance(1.5 * DAY_MS)
    await bench.mirror.apply(ref, [answer(200, [person('One'), observation('final')])])
    expect(await bench.mirror.dropOld(ref)).toBe(0)
    await bench.clock.advance(1 * DAY_MS)
    expect(await bench.mirror.dropOld(ref)).toBeGreaterThan(0)
    const kept = await rows(ref)
    expect(kept).toContain('Canary final')
    expect(kept).not.toMatch(/canaryone/i)
  })

  test('does not write again what it dropped, until it changes', async () => {
    const ref = await bench.practice()
    await bench.mirror.retain(ref, { mode: 'window', days: 1 })
    await bench.mirror.apply(ref, [answer(100, [observation('final')])])
    await bench.clock.advance(2 * DAY_MS)
    await bench.mirror.dropOld(ref)
    await bench.mirror.apply(ref, [answer(200, [observation('final'), seen('Observation', 'b')])])
    expect(await content(ref)).toBe('')
    await bench.mirror.apply(ref, [answer(300, [observation('amended'), seen('Observation', 'b')])])
    expect(await content(ref)).toContain('Canary amended')
    const [change] = (await feed(ref)).filter(({ kind }) => kind === 'updated')
    expect(change?.differences).toMatchObject([{ op: 'replace', path: '' }])
    expect(change?.differences[0]).not.toHaveProperty('before')
  })
})

test('how much is kept can be read, and is everything unless it was set', async () => {
  const ref = await bench.practice()
  expect(await bench.mirror.retention(ref)).toEqual({ mode: 'full' })
  await bench.mirror.retain(ref, { mode: 'window', days: 7 })
  expect(await bench.mirror.retention(ref)).toEqual({ mode: 'window', days: 7 })
})
