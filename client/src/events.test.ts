// Server-sent events, after the examples of their specification (WHATWG HTML, 9.2.6), cut anywhere.

import { expect, test } from 'vitest'
import { EventReader } from './events.ts'

function readAll(...chunks: string[]) {
  const reader = new EventReader()
  return { events: chunks.flatMap((chunk) => [...reader.read(chunk)]), reader }
}

test('lines of data are joined, and an event that names itself is called so', () => {
  const { events } = readAll('data: YHOO\ndata: +2\ndata: 10\n\nevent: add\ndata: 7\n\n')
  expect(events).toEqual([
    { event: 'message', data: 'YHOO\n+2\n10', id: '' },
    { event: 'add', data: '7', id: '' },
  ])
})

test('comments are nothing, an id stays until the next, an empty id ends it', () => {
  const text = ': test stream\n\ndata: first\nid: 1\n\ndata:second\nid\n\ndata:  third\n\n'
  expect(readAll(text).events).toEqual([
    { event: 'message', data: 'first', id: '1' },
    { event: 'message', data: 'second', id: '' },
    { event: 'message', data: ' third', id: '' },
  ])
})

test('a field without a colon has no value, and what is not ended is no event', () => {
  const { events } = readAll('data\n\ndata\ndata\n\ndata:')
  expect(events.map(({ data }) => data)).toEqual(['', '\n'])
})

test('every end of line, a mark at the beginning and the wait before a new connection', () => {
  const { events, reader } = readAll('\uFEFFretry: 2000\r\rdata: a\r\ndata: b\r\n\r\n')
  expect(events.map(({ data }) => data)).toEqual(['a\nb'])
  expect(reader.retryMs).toBe(2000)
})

test('where the text is cut changes nothing', () => {
  const text = 'id: 4\r\nevent: change\r\ndata: {"a":1}\r\n\r\n: alive\r\n\r\ndata: x\ndata: y\n\n'
  const whole = readAll(text).events
  expect(whole).toHaveLength(2)
  for (let at = 0; at <= text.length; at++)
    expect(readAll(text.slice(0, at), text.slice(at)).events).toEqual(whole)
  expect(readAll(...text).events).toEqual(whole)
})

test('an event without an end is not kept for ever', () => {
  const reader = new EventReader()
  const chunk = 'x'.repeat(9_000_000)
  expect([...reader.read(`data: ${chunk}`)]).toEqual([])
  expect(() => [...reader.read(chunk)]).toThrow(RangeError)
})
