// Group export of one connection: kick-off, questions, files. It keeps no state; whoever uses it
// remembers the job and how far each file is read.

import type { BulkReading } from '../../contract.ts'
import type { Reader } from '../read.ts'
import { readFile } from './file.ts'
import { cancel, groups, poll, start } from './job.ts'

/** Types that come along or are no records of a practice: never asked for. */
const NOT_ASKED: ReadonlySet<string> = new Set(['Group', 'Binary', 'Questionnaire', 'Basic'])

/** Undefined when the connection does not say that it may export. */
export function bulkReading(reader: Reader): BulkReading | undefined {
  const { bulk, scopeByType } = reader.dialect
  if (bulk === undefined) return undefined
  const types = bulk.types ?? [...scopeByType.keys()].filter((type) => !NOT_ASKED.has(type))
  return {
    group: bulk.group,
    types,
    groups: (options) => groups(reader, options),
    start: (group, options) => start(reader, { group, types }, options),
    poll: (job, options) => poll(reader, job, options),
    cancel: (job, options) => cancel(reader, job, options),
    read: (file, from, take, options) => readFile(reader, { file, from, take }, options),
  }
}
