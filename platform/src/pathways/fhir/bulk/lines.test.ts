// Bytes in pieces come out as whole lines, whatever the pieces.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LINE_BYTES_MAX, lineBlocks } from './lines.ts'

test('blocks and rest are the bytes that came, and every block ends a line', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '\n', '{'), maxLength: 60 })
  fc.assert(
    fc.property(
      text,
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      (input, sizes) => {
        const bytes = new TextEncoder().encode(input)
        const blocks = lineBlocks()
        const out: Uint8Array[] = []
        for (let at = 0, n = 0; at < bytes.length; n++) {
          const size = sizes[n % sizes.length] ?? 1
          const block = blocks.push(bytes.slice(at, at + size))
          if (block !== undefined) out.push(block)
          at += size
        }
        for (const block of out) expect(block.at(-1)).toBe(0x0a)
        expect(blocks.rest()).not.toContain(0x0a)
        expect(Buffer.concat([...out, blocks.rest()])).toEqual(Buffer.from(bytes))
      },
    ),
  )
})

test('a piece may be used again by whoever gave it', () => {
  const blocks = lineBlocks()
  const piece = new TextEncoder().encode('x\nyy')
  blocks.push(piece)
  piece.fill(0)
  expect(new TextDecoder().decode(blocks.rest())).toBe('yy')
})

test('a line that never ends is noticed', () => {
  const blocks = lineBlocks()
  blocks.push(new Uint8Array(LINE_BYTES_MAX))
  expect(blocks.isTooLong()).toBe(false)
  blocks.push(new Uint8Array(1))
  expect(blocks.isTooLong()).toBe(true)
})
