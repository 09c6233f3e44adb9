// Counts and checksums of a table's rows while they pass by, in COPY's text form: one over the bytes as
// they came, and one that is the same in whatever order the rows stand. It keeps no row.

import { createHash, hash } from 'node:crypto'

export interface Checksums {
  readonly rows: number
  readonly bytes: number
  /** SHA-256 of the bytes in this order. */
  readonly sha256: string
  /** Sum of the rows' SHA-256 as eight 32-bit words, each modulo 2^32: the same in any order. */
  readonly anyOrder: string
}

const WORDS = 8
const NEWLINE = 0x0a

/** Passes rows through and tells about them when they are over. */
export function tally(): {
  pass(rows: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>
  checksums(): Checksums
} {
  const whole = createHash('sha256')
  const sum = new Uint32Array(WORDS)
  let rows = 0
  let bytes = 0
  let digest = ''
  let rest: Buffer = Buffer.alloc(0)
  const add = (line: Uint8Array) => {
    const one = hash('sha256', line, 'buffer')
    for (let word = 0; word < WORDS; word++)
      sum[word] = (sum[word] ?? 0) + one.readUInt32BE(word * 4)
    rows++
  }
  const take = (chunk: Uint8Array) => {
    whole.update(chunk)
    bytes += chunk.length
    const text = rest.length === 0 ? asBuffer(chunk) : Buffer.concat([rest, chunk])
    let from = 0
    // A newline within a value is written as \n, so each of these ends a row.
    for (let end = text.indexOf(NEWLINE); end >= 0; end = text.indexOf(NEWLINE, from)) {
      add(text.subarray(from, end))
      from = end + 1
    }
    rest = text.subarray(from)
  }
  return {
    async *pass(source) {
      for await (const chunk of source) {
        take(chunk)
        yield chunk
      }
    },
    checksums: () => {
      if (digest === '') digest = whole.digest('hex')
      const words = [...sum].map((word) => word.toString(16).padStart(8, '0'))
      return { rows, bytes, sha256: digest, anyOrder: words.join('') }
    },
  }
}

function asBuffer(chunk: Uint8Array): Buffer {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}
