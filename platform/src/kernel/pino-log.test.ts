// The log: what gets through, and what does not even when it tries.

import { expect, test } from 'vitest'
import { ChartwayError } from './errors.ts'
import { errorFields, pinoLog } from './pino-log.ts'

function recorded(level: 'debug' | 'info' = 'info') {
  const lines: Record<string, unknown>[] = []
  const log = pinoLog({ level, stream: { write: (line: string) => lines.push(JSON.parse(line)) } })
  return { log, lines }
}

test('a line has its event and the fields of the list', () => {
  const { log, lines } = recorded()
  log.write('warn', 'gate.refused', { practice: 'elm', status: 429, waitMs: 12 })
  log.write('debug', 'too.fine')
  expect(lines).toEqual([
    {
      level: 40,
      time: expect.any(Number),
      event: 'gate.refused',
      practice: 'elm',
      status: 429,
      waitMs: 12,
    },
  ])
})

test('a field that is not on the list, or of another type, is left out', () => {
  const { log, lines } = recorded()
  const smuggled: object = { name: 'Jane Doe', practice: { name: 'Jane Doe' }, status: 'Jane Doe' }
  log.write('info', 'x', smuggled)
  expect(JSON.stringify(lines)).not.toContain('Jane')
})

test('an error gives its class, code and frames, and not its message', () => {
  const { log, lines } = recorded()
  const error = new TypeError('Jane Doe\n    was born 1970')
  log.write('error', 'failed', errorFields(error))
  log.write('error', 'failed', errorFields(new ChartwayError('NOT_FOUND', { cause: error })))
  expect(JSON.stringify(lines)).not.toContain('Jane')
  expect(lines[0]).toMatchObject({ errorClass: 'TypeError' })
  expect(lines[0]?.frames).toContain('pino-log.test.ts')
  expect(lines[1]).toMatchObject({ errorClass: 'ChartwayError', code: 'NOT_FOUND' })
})

test('a message that looks like a frame does not pass for one', () => {
  const error = new Error('x\n    at Jane Doe (1970-01-01)')
  expect(errorFields(error).frames).not.toContain('Jane')
})
