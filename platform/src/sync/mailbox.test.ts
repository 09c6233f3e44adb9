// The bounded queue between askers and the writer.

import { expect, test } from 'vitest'
import { mailbox } from './mailbox.ts'

/** Lets everything that can go on do so. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

test('items come out in order, at most so many at once', async () => {
  const box = mailbox<number>(10)
  for (const item of [1, 2, 3]) await box.put(item)
  expect(await box.take(2)).toEqual([1, 2])
  expect(await box.take(2)).toEqual([3])
})

test('a full mailbox holds the asker back until something was taken', async () => {
  const box = mailbox<number>(2)
  let put = 0
  const asker = (async () => {
    for (const item of [1, 2, 3, 4, 5]) {
      await box.put(item)
      put = item
    }
  })()
  await settle()
  expect(put).toBe(2)
  expect(await box.take(1)).toEqual([1])
  await settle()
  expect(put).toBe(3)
  const rest = [...(await box.take(9)), ...(await settle().then(() => box.take(9)))]
  await asker
  expect(rest).toEqual([2, 3, 4, 5])
})

test('room for one lets one of many waiting askers in, not all', async () => {
  const box = mailbox<number>(2)
  let put = 0
  const askers = [1, 2, 3, 4, 5, 6].map((item) => box.put(item).then(() => put++))
  await settle()
  expect(put).toBe(2)
  await box.take(1)
  await settle()
  expect(put).toBe(3)
  box.close()
  await Promise.all(askers)
})

test('an empty mailbox holds the writer back until something comes', async () => {
  const box = mailbox<string>(2)
  const taking = box.take(5)
  await settle()
  await box.put('late')
  expect(await taking).toEqual(['late'])
})

test('many askers at a full mailbox all get through, nothing twice and nothing lost', async () => {
  const box = mailbox<number>(3)
  const askers = Array.from({ length: 16 }, async (_, asker) => {
    for (let i = 0; i < 20; i++) await box.put(asker * 100 + i)
  })
  const done = Promise.all(askers).then(() => box.close())
  const taken: number[] = []
  for (let batch = await box.take(4); batch.length > 0; batch = await box.take(4)) {
    expect(batch.length).toBeLessThanOrEqual(4)
    taken.push(...batch)
  }
  await done
  expect(taken).toHaveLength(320)
  expect(new Set(taken).size).toBe(320)
})

test('a closed mailbox gives what is inside, then nothing, and holds nobody back', async () => {
  const box = mailbox<number>(1)
  await box.put(1)
  const held = box.put(2)
  await settle()
  box.close()
  await held
  expect(await box.take(9)).toEqual([1, 2])
  expect(await box.take(9)).toEqual([])
  const empty = mailbox<number>(1)
  const taking = empty.take(1)
  empty.close()
  expect(await taking).toEqual([])
})
