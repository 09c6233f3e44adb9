// The judge finds a canary in every form in which programs carry text, and takes nothing else for one.

import { expect, test } from 'vitest'
import { idsIn, leaksIn } from './leaks.ts'

const CANARY = 'Zq1k1000vx'
const known = new Set([CANARY.toLowerCase(), '5089990001'])
const hex = (text: string) => Buffer.from(text).toString('hex')
const base64 = (text: string) => Buffer.from(text).toString('base64')

test.each([
  ['as it is', `{"name":"${CANARY}"}`],
  ['upper case', CANARY.toUpperCase()],
  ['in a URL', [...CANARY].map((one) => `%${hex(one)}`).join('')],
  ['split by dashes', 'Zq1-k10-00vx'],
  ['a telephone number as people write it', '508-999-0001'],
  ['in base64', base64(`name ${CANARY}`)],
  ['in base64, one further', base64(`names ${CANARY}`)],
  ['in base64, two further', base64(`namess ${CANARY} and more`)],
  ['in hexadecimal', hex(`name ${CANARY}`)],
  ['in JSON escapes', [...CANARY].map((one) => `\\u00${hex(one)}`).join('')],
])('%s', (_form, text) => {
  expect(leaksIn('log', text, known).leaks.length).toBeGreaterThan(0)
})

test.each(['Zq1k9999vx', 'nothing', base64('nothing at all'), ''])('%s is none', (text) => {
  expect(leaksIn('log', text, known).leaks).toEqual([])
})

test('ids are looked for on their own', () => {
  const id = `zqp${'7'.padStart(34, '0')}`
  expect(idsIn('log', `GET /${id}`, new Set([id]))).toEqual([{ at: 'log:5', form: 'id' }])
})
