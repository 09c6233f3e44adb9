// What of a token endpoint's answer is believed. Expected values are RFC 6749's and SMART's.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ChartwayError } from '../../../kernel/errors.ts'
import { readTokenAnswer } from './token-answer.ts'

const ASKED = { asked: ['launch', 'openid', 'patient/Patient.read'], askedAt: 1_000 }
const RIGHT = { access_token: 'eyJ.a-b_c', token_type: 'Bearer', expires_in: 3600 }

function read(change: object) {
  return readTokenAnswer({ ...RIGHT, ...change }, ASKED)
}

function refusedAt(change: object): unknown {
  try {
    read(change)
  } catch (error) {
    return error instanceof ChartwayError ? error.details.position : error
  }
  return undefined
}

test('a right answer gives token, end of life, scopes and context', () => {
  const context = { patient: 'p.1', encounter: 'e-1', need_patient_banner: false }
  expect(read({ ...context, scope: 'openid patient/Patient.read', refresh_token: 'r' })).toEqual({
    ...{ accessToken: 'eyJ.a-b_c', expiresAt: 3_601_000, refreshToken: 'r' },
    scopes: ['openid', 'patient/Patient.read'],
    ...{ patient: 'p.1', encounter: 'e-1', needsBanner: false, idToken: undefined },
  })
})

test('without a word on scopes those that were asked for are granted (RFC 6749, 5.1)', () => {
  expect(read({}).scopes).toEqual(ASKED.asked)
})

test('a life that is not told is short, and one that is too long is not believed', () => {
  expect(read({ expires_in: undefined }).expiresAt).toBe(1_000 + 300_000)
  expect(read({ expires_in: 10 ** 9 }).expiresAt).toBe(1_000 + 86_400_000)
})

describe('what is not taken', () => {
  test.each([
    ['token_type', { token_type: undefined }],
    ['token_type', { token_type: 'DPoP' }],
    ['access_token', { access_token: undefined }],
    ['access_token', { access_token: 'two words' }],
    ['access_token', { access_token: 'line\nbreak' }],
    ['refresh_token', { refresh_token: 7 }],
    ['expires_in', { expires_in: 0 }],
    ['scope', { scope: '' }],
    ['scope', { scope: 'openid user/Patient.read' }],
    ['patient', { patient: 'a/b' }],
    ['encounter', { encounter: ['e'] }],
    ['id_token', { id_token: {} }],
  ])('%s of %j', (position, change) => {
    expect(refusedAt(change)).toBe(position)
  })

  test('any scope beyond those asked for', () => {
    const scope = fc
      .stringMatching(/^[!#-[\]-~]{1,20}$/)
      .filter((each) => !ASKED.asked.includes(each))
    fc.assert(
      fc.property(scope, (more) => {
        expect(refusedAt({ scope: `openid ${more}` })).toBe('scope')
      }),
    )
  })

  test('whatever is no answer is refused in our own words, and nothing else is thrown', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (body) => {
        try {
          readTokenAnswer(JSON.parse(JSON.stringify(body)), ASKED)
        } catch (error) {
          expect(error).toMatchObject({ code: 'LAUNCH_ANSWER_UNFIT' })
        }
      }),
    )
  })
})
