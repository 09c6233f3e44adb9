// The closed form of a backup: a clear heading, then frames of AES-256-GCM in order, of which the last
// says so. What was changed, reordered, cut off or sealed with another key does not open. It knows
// nothing of what is inside.

import { createCipheriv, createDecipheriv, createHash, hkdfSync } from 'node:crypto'
import { ChartwayError } from '../kernel/errors.ts'
import type { Random } from '../kernel/random.ts'

/** First line of every backup file. */
export const MAGIC = 'CHARTWAY BACKUP 1\n'
/** Bytes of the heading's JSON line. */
const HEADING_BYTES_MAX = 4_096
/** Plain bytes of one frame. */
const FRAME_BYTES = 256 * 1_024
const TAG_BYTES = 16
const LENGTH_BYTES = 4
const NONCE_BYTES = 12
const KEY_BYTES = 32
const SALT_BYTES = 32
const CIPHER = 'aes-256-gcm'

/** Readable without a key: nothing about anybody. */
export interface Heading {
  readonly format: 1
  /** Business time of the snapshot, ISO 8601. */
  readonly madeAt: string
  readonly version: string
  /** Names the installation's key without telling it. */
  readonly key: string
  readonly salt: string
}

/** A heading for a new file. `masterKey`: the installation's; the key in use is derived from it. */
export function newHeading(options: {
  readonly masterKey: Uint8Array
  readonly random: Random
  readonly madeAt: number
  readonly version: string
}): Heading {
  return {
    format: 1,
    madeAt: new Date(options.madeAt).toISOString(),
    version: options.version,
    key: keyName(options.masterKey),
    salt: Buffer.from(options.random.bytes(SALT_BYTES)).toString('base64'),
  }
}

/** The same for the same installation's key; tells nothing about it (HKDF, RFC 5869). */
export function keyName(masterKey: Uint8Array): string {
  return Buffer.from(hkdfSync('sha256', masterKey, '', 'chartway backup key name', 8)).toString(
    'hex',
  )
}

/** Seals a stream of bytes behind its heading. */
export async function* sealed(
  heading: Heading,
  masterKey: Uint8Array,
  plain: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  const start = Buffer.from(`${MAGIC}${JSON.stringify(heading)}\n`)
  yield start
  const frame = framing(masterKey, heading, start)
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of plain) {
    rest = Buffer.concat([rest, chunk])
    // One byte more than a frame, so that the last frame is known to be the last.
    for (; rest.length > FRAME_BYTES; rest = rest.subarray(FRAME_BYTES))
      yield frame.seal(rest.subarray(0, FRAME_BYTES), false)
  }
  yield frame.seal(rest, true)
}

/**
 * Opens a file's bytes: the heading at once, the content as it is read. Throws BACKUP_UNREADABLE for
 * what is none or damaged, BACKUP_KEY_OTHER when another installation's key has sealed it.
 */
export async function opened(
  masterKey: Uint8Array,
  file: AsyncIterable<Uint8Array>,
): Promise<{ readonly heading: Heading; readonly plain: AsyncIterable<Uint8Array> }> {
  const bytes = new Taker(file)
  try {
    const { heading, start } = await readHeading(bytes)
    if (heading.key !== keyName(masterKey)) throw new ChartwayError('BACKUP_KEY_OTHER')
    return { heading, plain: frames(bytes, framing(masterKey, heading, start)) }
  } catch (thrown) {
    await bytes.close()
    throw thrown
  }
}

async function* frames(bytes: Taker, frame: Framing): AsyncIterable<Uint8Array> {
  try {
    for (;;) {
      const length = (await bytes.take(LENGTH_BYTES)).readUInt32BE()
      const last = length >= 2 ** 31
      const size = last ? length - 2 ** 31 : length
      if (size < TAG_BYTES || size > FRAME_BYTES + TAG_BYTES) throw unreadable('length of a frame')
      yield frame.open(await bytes.take(size), last)
      if (!last) continue
      if (!(await bytes.atEnd())) throw unreadable('bytes behind the end')
      return
    }
  } finally {
    await bytes.close()
  }
}

async function readHeading(bytes: Taker): Promise<{ heading: Heading; start: Buffer }> {
  const magic = await bytes.take(MAGIC.length)
  if (magic.toString() !== MAGIC) throw unreadable('not a backup')
  const line = await bytes.line(HEADING_BYTES_MAX)
  const heading = asHeading(line)
  if (heading === undefined) throw unreadable('heading')
  return { heading, start: Buffer.concat([magic, line, Buffer.from('\n')]) }
}

function asHeading(line: Buffer): Heading | undefined {
  try {
    const read: unknown = JSON.parse(line.toString())
    return isHeading(read) ? read : undefined
  } catch {
    return undefined // Not JSON: not ours, or damaged.
  }
}

function isHeading(value: unknown): value is Heading {
  if (typeof value !== 'object' || value === null) return false
  const fields: Record<string, unknown> = { ...value }
  const texts = ['madeAt', 'version', 'key', 'salt']
  return fields.format === 1 && texts.every((name) => typeof fields[name] === 'string')
}

type Framing = ReturnType<typeof framing>

/**
 * Each file has a key of its own, so the nonces can count (NIST SP 800-38D, 8.2.1). The count and
 * whether a frame is the last are in the nonce, the heading in the additional data.
 */
function framing(masterKey: Uint8Array, heading: Heading, start: Buffer) {
  const salt = Buffer.from(heading.salt, 'base64')
  const key = Buffer.from(hkdfSync('sha256', masterKey, salt, 'chartway backup', KEY_BYTES))
  const about = createHash('sha256').update(start).digest()
  let count = 0
  const nonce = (last: boolean) => {
    const bytes = Buffer.alloc(NONCE_BYTES)
    bytes.writeUIntBE(count++, 0, 6)
    bytes[NONCE_BYTES - 1] = last ? 1 : 0
    return bytes
  }
  return {
    seal: (plain: Uint8Array, last: boolean): Uint8Array => {
      const cipher = createCipheriv(CIPHER, key, nonce(last), { authTagLength: TAG_BYTES })
      cipher.setAAD(about)
      const body = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
      const length = Buffer.alloc(LENGTH_BYTES)
      length.writeUInt32BE(body.length + (last ? 2 ** 31 : 0))
      return Buffer.concat([length, body])
    },
    open: (body: Buffer, last: boolean): Uint8Array => {
      try {
        const decipher = createDecipheriv(CIPHER, key, nonce(last), { authTagLength: TAG_BYTES })
        decipher.setAAD(about)
        decipher.setAuthTag(body.subarray(body.length - TAG_BYTES))
        const plain = decipher.update(body.subarray(0, body.length - TAG_BYTES))
        return Buffer.concat([plain, decipher.final()])
      } catch {
        throw unreadable('a frame does not open')
      }
    },
  }
}

/** Takes exact numbers of bytes out of a stream of chunks. */
class Taker {
  readonly #chunks: AsyncIterator<Uint8Array>
  #rest: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#chunks = source[Symbol.asyncIterator]()
  }

  async take(count: number): Promise<Buffer> {
    const parts = [this.#rest]
    let have = this.#rest.length
    while (have < count) {
      const next = await this.#chunks.next()
      if (next.done) throw unreadable('cut off')
      const chunk = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength)
      parts.push(chunk)
      have += chunk.length
    }
    const all = parts.length === 1 ? this.#rest : Buffer.concat(parts)
    this.#rest = all.subarray(count)
    return all.subarray(0, count)
  }

  /** Nothing more will be taken: the source ends, and closes what it reads. */
  async close(): Promise<void> {
    await this.#chunks.return?.()
  }

  async line(bytesMax: number): Promise<Buffer> {
    const bytes: number[] = []
    while (bytes.length <= bytesMax) {
      const byte = (await this.take(1))[0] ?? 0
      if (byte === 0x0a) return Buffer.from(bytes)
      bytes.push(byte)
    }
    throw unreadable('heading')
  }

  async atEnd(): Promise<boolean> {
    if (this.#rest.length > 0) return false
    for (;;) {
      const next = await this.#chunks.next()
      if (next.done) return true
      if (next.value.length > 0) return false
    }
  }
}

export function unreadable(reason: string): ChartwayError {
  return new ChartwayError('BACKUP_UNREADABLE', { details: { reason } })
}
