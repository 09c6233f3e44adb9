// The last lines of the log, filtered once more: only fields of the closed list, only values of the form
// that each has. A line that is none of ours is counted and left out.

import type { FileStreams } from '../kernel/file-streams.ts'

const LINES_MAX = 500
const LINE_BYTES_MAX = 16_384

const NUMBERS = [
  ...['level', 'time', 'status', 'count', 'attempts', 'durationMs', 'waitMs', 'minute', 'port'],
]
const TEXTS: Readonly<Record<string, RegExp>> = {
  event: /^[a-z0-9.-]{1,60}$/,
  organization: /^[a-z0-9-]{1,40}$/,
  practice: /^[a-z0-9-]{1,40}$/,
  pathway: /^[a-z0-9-]{1,40}$/,
  operation: /^[a-z0-9.-]{1,60}$/,
  // A search or a purpose names types and parameters; what follows an equals sign would be a value.
  search: /^[A-Za-z0-9 _.,?/-]{1,120}$/,
  route: /^[A-Za-z0-9 _.,?/:{}*-]{1,120}$/,
  resourceType: /^[A-Z][A-Za-z]{0,63}$/,
  lane: /^[a-z]{1,20}$/,
  method: /^[A-Z]{1,10}$/,
  code: /^[A-Z0-9_]{1,60}$/,
  requestId: /^[A-Za-z0-9-]{1,60}$/,
  version: /^[0-9A-Za-z.+-]{1,40}$/,
  errorClass: /^[A-Za-z]{1,60}$/,
}
/** A frame without the folders of the machine before our own. */
const FRAME =
  /^at (?:[\w.<>#$ [\]]+ \()?(?:.*\/)?((?:platform|codecs|node_modules)\/[\w./@-]+|node:[\w/]+):(\d+):\d+\)?$/

export interface LogTail {
  readonly lines: readonly Readonly<Record<string, string | number>>[]
  /** Lines that were not ours, among the last. */
  readonly leftOut: number
}

export async function logTail(files: Pick<FileStreams, 'read'>, path: string): Promise<LogTail> {
  let last: string[] = []
  let rest = ''
  const decoder = new TextDecoder()
  try {
    for await (const chunk of files.read(path)) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = (parts.pop() ?? '').slice(0, LINE_BYTES_MAX)
      last = [...last.slice(-LINES_MAX), ...parts].slice(-LINES_MAX)
    }
  } catch {
    return { lines: [], leftOut: 0 } // No log there, or not ours to read.
  }
  const read = last.map(allowedOf).filter((line) => line !== undefined)
  return { lines: read, leftOut: last.length - read.length }
}

function allowedOf(line: string): Readonly<Record<string, string | number>> | undefined {
  let fields: Record<string, unknown>
  try {
    const read: unknown = JSON.parse(line)
    if (typeof read !== 'object' || read === null) return undefined
    fields = { ...read }
  } catch {
    return undefined // Not a line of the log.
  }
  const kept: Record<string, string | number> = {}
  for (const name of NUMBERS) {
    const value = fields[name]
    if (typeof value === 'number') kept[name] = value
  }
  for (const [name, form] of Object.entries(TEXTS)) {
    const value = fields[name]
    if (typeof value === 'string' && form.test(value)) kept[name] = value
  }
  if (typeof fields.frames === 'string') kept.frames = framesOf(fields.frames)
  return kept.event === undefined ? undefined : kept
}

function framesOf(text: string): string {
  const places = text.split('\n').flatMap((line) => {
    const found = FRAME.exec(line.trim())
    return found === null ? [] : [`${found[1]}:${found[2]}`]
  })
  return places.join(' ')
}
