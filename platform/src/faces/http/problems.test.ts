// What a caller is told: every code has a status, and no exception's words get out.

import { expect, test } from 'vitest'
import { ChartwayError, errorCodes } from '../../kernel/errors.ts'
import { InputProblem } from '../../operations/index.ts'
import { problemOf, rawProblem } from './problems.ts'
import { STATUSES } from './statuses.ts'

const ID = '0123456789ab-00000001'

test('every error code has exactly one status, and no status is left over', () => {
  expect(Object.keys(STATUSES).sort()).toEqual([...errorCodes()].sort())
  for (const status of Object.values(STATUSES)) expect(status).toBeGreaterThanOrEqual(400)
})

test('an unexpected error is told without a word of its message', () => {
  const error = new TypeError('cannot read Jane Doe, born 1980-01-01')
  const { status, code, text } = problemOf(error, ID, () => 'query')
  expect({ status, code }).toEqual({ status: 500, code: 'INTERNAL' })
  expect(text).not.toContain('Jane')
})

test('an error of ours is told by its table entry and its details, not by its cause', () => {
  const cause = new Error('row of Jane Doe')
  const error = new ChartwayError('RIGHT_MISSING', { cause, details: { scope: 'admin' } })
  const { text } = problemOf(error, ID, () => 'query')
  expect(JSON.parse(text)).toEqual({
    type: '/errors/RIGHT_MISSING',
    title: expect.any(String),
    status: 403,
    detail: expect.any(String),
    code: 'RIGHT_MISSING',
    cure: expect.any(String),
    details: { scope: 'admin' },
    requestId: ID,
  })
})

test('a field that does not fit is named where it was sent', () => {
  const body = problemOf(new InputProblem('overrides/scopes', 'no'), ID, () => 'body')
  expect(JSON.parse(body.text)).toMatchObject({ position: '/body/overrides/scopes', status: 400 })
})

test('a name that a caller made up is not echoed when it could be anything', () => {
  const { text } = problemOf(new InputProblem('Jane Doe 1980', 'no such field'), ID, () => 'query')
  expect(text).not.toContain('Jane')
})

test('a field of the path that does not fit is answered like one that does not exist', () => {
  const misfit = problemOf(new InputProblem('id', 'too long'), ID, () => 'path')
  const absent = problemOf(new ChartwayError('NOT_FOUND'), ID, () => 'path')
  expect(misfit).toEqual(absent)
})

test('a connection that does not speak HTTP gets a whole problem before it is closed', () => {
  const [head, body] = rawProblem(ID).split('\r\n\r\n')
  expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json/)
  expect(head).toContain(`Content-Length: ${Buffer.byteLength(body ?? '')}`)
  expect(JSON.parse(body ?? '')).toMatchObject({ code: 'REQUEST_MALFORMED', requestId: ID })
})
