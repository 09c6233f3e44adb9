// Chance repeats: same seed and path, same draws, whatever else was drawn.

import { describe, expect, test } from 'vitest'
import { seededRandom } from './random.ts'

function draws(random: { next(): number }, count: number): number[] {
  return Array.from({ length: count }, () => random.next())
}

describe('seeded randomness', () => {
  test('the same seed gives the same draws and another seed gives others', () => {
    expect(draws(seededRandom(7), 20)).toEqual(draws(seededRandom(7), 20))
    expect(draws(seededRandom(7), 20)).not.toEqual(draws(seededRandom(8), 20))
  })

  test('a sub-stream is not moved by what was drawn from its parent or its siblings', () => {
    const early = draws(seededRandom(7).stream('faults'), 10)
    const parent = seededRandom(7)
    draws(parent, 1_000)
    draws(parent.stream('world'), 1_000)
    expect(draws(parent.stream('faults'), 10)).toEqual(early)
    expect(draws(parent.stream('world'), 10)).not.toEqual(early)
  })

  test('draws are spread evenly over [0, 1)', () => {
    const counts = new Array<number>(10).fill(0)
    for (const draw of draws(seededRandom(42), 100_000)) {
      expect(draw).toBeLessThan(1)
      const bin = Math.floor(draw * 10)
      counts[bin] = (counts[bin] ?? 0) + 1
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500)
  })

  test('weights decide how often an item is picked, and an empty list is refused', () => {
    const random = seededRandom(1)
    const items = [
      { name: 'often', weight: 9 },
      { name: 'never', weight: 0 },
      { name: 'seldom', weight: 1 },
    ]
    const picked = Array.from({ length: 10_000 }, () => random.weighted(items).name)
    const often = picked.filter((name) => name === 'often').length
    expect(picked).not.toContain('never')
    expect(often).toBeGreaterThan(8_800)
    expect(often).toBeLessThan(9_200)
    expect(() => random.pick([])).toThrow(RangeError)
    expect(() => random.weighted([])).toThrow(RangeError)
  })
})
