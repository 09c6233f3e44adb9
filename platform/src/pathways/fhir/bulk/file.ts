// One file of an export, read as it comes: batch by batch, from any place, and called whole only when
// its end is proven. What was given away before a failure stays good; nothing is held beyond a batch.

import { parseNdjson } from '@chartway/codecs/fhir'
import { ChartwayError, type ErrorCode } from '../../../kernel/errors.ts'
import { type HttpReply, header, type ReplyHead } from '../../../kernel/network.ts'
import type {
  BulkBatch,
  BulkFile,
  BulkOptions,
  BulkPlace,
  BulkSighting,
  WireProblem,
} from '../../contract.ts'
import { failureOf } from '../connect.ts'
import { authorized } from '../exchange.ts'
import { fromWire, referencesIn } from '../from-wire.ts'
import type { Reader } from '../read.ts'
import { LINE_BYTES_MAX, lineBlocks } from './lines.ts'
import { type ShownBy, shownByRows } from './shown-by.ts'

/** Records of one batch. */
const BATCH_MAX = 1000
/** Characters of one batch. */
const BATCH_CHARACTERS_MAX = 4 * 1024 * 1024
/** Fetches of one file whose end nothing marks, until two agree. */
const FETCHES_MAX = 4
const PURPOSE = '$export-file'

interface Asked {
  readonly file: BulkFile
  readonly from: BulkPlace
  readonly take: (batch: BulkBatch) => Promise<void>
}

/** As the contract's `BulkReading.read`. */
export async function readFile(reader: Reader, asked: Asked, options: BulkOptions): Promise<void> {
  const { file } = asked
  const shownBy = shownByRows(reader.dialect.searches)
  let place = asked.from
  let before: BulkPlace | undefined
  for (let fetches = 0; fetches < FETCHES_MAX; fetches++) {
    const got = await fetchFrom(reader, { ...asked, from: place, shownBy }, options)
    place = got.place
    // An end that nothing marks may be a cut: it counts when it is found a second time.
    if (got.isMarked || before?.bytes === place.bytes) return checkCount(file, place)
    before = place
  }
  throw broken('PATHWAY_BULK_FILE_CUT')
}

function checkCount({ count, type }: BulkFile, { records }: BulkPlace): void {
  if (count === undefined || count === records) return
  const details = { type, stated: count, found: records }
  throw new ChartwayError('PATHWAY_BULK_COUNT_MISMATCH', { details })
}

function broken(code: ErrorCode): ChartwayError {
  return new ChartwayError(code, { retry: 'later' })
}

interface Got {
  readonly place: BulkPlace
  /** Whether the transfer itself says that this was the end. */
  readonly isMarked: boolean
}

async function fetchFrom(
  reader: Reader,
  asked: Asked & { readonly shownBy: ShownBy },
  options: BulkOptions,
): Promise<Got> {
  const { connection } = reader
  const { from, file } = asked
  let reading: Reading | undefined
  const accept = 'application/fhir+ndjson'
  const range = from.bytes > 0 ? { range: `bytes=${from.bytes}-` } : {}
  const reply = await authorized(
    connection,
    {
      method: 'GET',
      url: `${connection.settings.baseUrl}/${file.location}`,
      headers: { accept, ...range },
      purpose: PURPOSE,
      once: true,
      sink: (head) => {
        const at = startOf(head, from)
        if (at === undefined) return undefined
        const started = readingFrom(reader, { ...asked, from: at })
        reading = started
        return (piece) => started.push(piece)
      },
    },
    { lane: 'sweep', ...options },
  )
  const last: Reading | undefined = reading
  if (last === undefined) return withoutBody(reply, from)
  const isMarked = hasMarkedEnd(reply)
  return { place: await last.end(), isMarked }
}

/** From where an answer goes on: where it was asked to, or from the beginning. */
function startOf(head: ReplyHead, from: BulkPlace): BulkPlace | undefined {
  if (head.status === 200) return { bytes: 0, records: 0 }
  if (head.status !== 206) return undefined
  const [, first] = /^bytes (\d+)-/.exec(header(head, 'content-range') ?? '') ?? []
  return Number(first) === from.bytes ? from : undefined
}

/** RFC 9112, 6.3: a length, or the last chunk; otherwise the end is only the connection's. */
function hasMarkedEnd(head: ReplyHead): boolean {
  const chunked = /\bchunked\b/i.test(header(head, 'transfer-encoding') ?? '')
  return chunked || header(head, 'content-length') !== undefined
}

function withoutBody(reply: HttpReply, from: BulkPlace): Got {
  if (reply.status === 404 || reply.status === 410)
    throw new ChartwayError('PATHWAY_BULK_FILE_GONE', { details: { status: reply.status } })
  const [, length] = /^bytes \*\/(\d+)$/.exec(header(reply, 'content-range') ?? '') ?? []
  // Nothing lies behind the place: it was the end (RFC 9110, 15.5.17).
  if (reply.status === 416 && Number(length) === from.bytes) return { place: from, isMarked: true }
  if (reply.status === 416 || reply.status === 206) throw broken('PATHWAY_BULK_FILE_CUT')
  if (reply.status === 429) throw broken('GATE_REFUSED')
  throw failureOf(reply, PURPOSE)
}

interface Reading {
  push(piece: Uint8Array): Promise<void>
  /** Gives the last of it away; throws PATHWAY_BULK_FILE_CUT when it ends within a line. */
  end(): Promise<BulkPlace>
}

function readingFrom(
  reader: Reader,
  { file, from, take, shownBy }: Asked & { readonly shownBy: ShownBy },
): Reading {
  const blocks = lineBlocks()
  const decoder = new TextDecoder()
  let place = from
  let batch = emptyBatch()
  const flush = async () => {
    if (batch.lines === 0) return
    const { sightings, problems, references } = batch
    batch = emptyBatch()
    await take({ sightings, problems, references: [...references], place })
  }
  const readBlock = async (block: Uint8Array) => {
    let records = place.records
    const text = decoder.decode(block)
    for (const line of parseNdjson(text)) {
      records++
      batch.lines++
      const found = 'problem' in line ? undefined : line.value
      const answer = fromWire(found, reader.tables, { type: file.type })
      if ('code' in answer) {
        const code = 'problem' in line ? 'PATHWAY_BULK_LINE_BROKEN' : answer.code
        batch.problems.push({ code, position: `record ${records}` })
        continue
      }
      const { sighting } = answer
      for (const name of referencesIn(sighting.resource, reader.typesById)) {
        batch.references.add(name)
      }
      batch.sightings.push({ ...sighting, shownBy: shownBy(sighting.resource) })
    }
    place = { bytes: place.bytes + block.length, records }
    batch.characters += text.length
    if (batch.lines >= BATCH_MAX || batch.characters >= BATCH_CHARACTERS_MAX) await flush()
  }
  return {
    async push(piece) {
      const block = blocks.push(piece)
      if (block !== undefined) await readBlock(block)
      if (blocks.isTooLong())
        throw new ChartwayError('PATHWAY_BULK_LINE_BROKEN', { details: { max: LINE_BYTES_MAX } })
    },
    async end() {
      const rest = blocks.rest()
      // A last line without its end is whole when it is a value; cut, it never is.
      const isWhole = rest.length === 0 || isValue(new TextDecoder().decode(rest))
      if (rest.length > 0 && isWhole) await readBlock(rest)
      await flush()
      if (!isWhole) throw broken('PATHWAY_BULK_FILE_CUT')
      return place
    },
  }
}

interface Batch {
  readonly sightings: BulkSighting[]
  readonly problems: WireProblem[]
  readonly references: Set<string>
  lines: number
  characters: number
}

function emptyBatch(): Batch {
  return { sightings: [], problems: [], references: new Set(), lines: 0, characters: 0 }
}

function isValue(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null
  } catch {
    return false // Where it breaks off is no matter.
  }
}
