// Chance as Chartway sees it: the system's for keys and ids, a seeded one for reproducible runs.

import { createHash, randomBytes } from 'node:crypto'

export interface Random {
  bytes(count: number): Uint8Array
  /** An RFC 9562 version 4 UUID. */
  uuid(): string
  /** Uniform in [0, 1). */
  fraction(): number
}

export function systemRandom(): Random {
  return fromBytes((count) => randomBytes(count))
}

/** The same seed gives the same draws: for tests and simulations, never for keys. */
export function seededRandom(seed: string): Random {
  let counter = 0
  return fromBytes((count) => {
    const out = new Uint8Array(count)
    for (let filled = 0; filled < count; filled += 32) {
      const block = createHash('sha256').update(`${seed}:${counter++}`).digest()
      out.set(block.subarray(0, Math.min(32, count - filled)), filled)
    }
    return out
  })
}

function fromBytes(bytes: (count: number) => Uint8Array): Random {
  return {
    bytes,
    uuid: () => {
      const b = bytes(16)
      b[6] = ((b[6] ?? 0) & 0x0f) | 0x40
      b[8] = ((b[8] ?? 0) & 0x3f) | 0x80
      const hex = Buffer.from(b).toString('hex')
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
    },
    fraction: () => Buffer.from(bytes(6)).readUIntBE(0, 6) / 2 ** 48,
  }
}
