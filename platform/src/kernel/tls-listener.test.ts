// TLS over real sockets: what speaks it, what is too old, and a certificate that changes while it runs.

import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { request } from 'node:https'
import { connect } from 'node:net'
import { connect as connectTls, type PeerCertificate } from 'node:tls'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { listenTls, type TlsListener } from './tls-listener.ts'

const HERE = new URL('../../../test/tls/', import.meta.url)
const http = createServer((_request, reply) => reply.end('hello'))
let front: TlsListener

async function files(name: 'first' | 'second') {
  const read = (suffix: string) => readFile(new URL(`${name}${suffix}`, HERE), 'utf8')
  return { certificate: await read('.pem'), key: await read('.key.pem') }
}

beforeEach(async () => {
  front = await listenTls(http, await files('first'), { host: '127.0.0.1', port: 0 })
})
afterEach(() => front.close())

/** The body of an answer and who the other side says it is. */
function get(ca: string): Promise<{ body: string; organization: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: 'localhost', port: front.port, path: '/', ca, agent: false },
      async (reply) => {
        const socket: unknown = reply.socket
        const peer: PeerCertificate | undefined =
          typeof socket === 'object' && socket !== null && 'getPeerCertificate' in socket
            ? (socket as { getPeerCertificate(): PeerCertificate }).getPeerCertificate()
            : undefined
        let body = ''
        for await (const chunk of reply) body += String(chunk)
        resolve({ body, organization: String(peer?.subject.O) })
      },
    )
    asked.on('error', reject)
    asked.end()
  })
}

test('an HTTP server answers behind it', async () => {
  const { certificate } = await files('first')
  expect(await get(certificate)).toEqual({ body: 'hello', organization: 'first' })
})

test('a new certificate is shown to those who come from then on', async () => {
  const second = await files('second')
  front.change(second)
  expect(await get(second.certificate)).toEqual({ body: 'hello', organization: 'second' })
})

test('what is no certificate changes nothing', async () => {
  expect(() => front.change({ certificate: 'no', key: 'no' })).toThrow('CONFIG_INVALID')
  expect((await get((await files('first')).certificate)).body).toBe('hello')
})

test('TLS older than 1.2 and plain text get nothing', async () => {
  const outcome = await new Promise((resolve) => {
    const old = connectTls({
      host: '127.0.0.1',
      port: front.port,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
      rejectUnauthorized: false,
    })
    old.once('secureConnect', () => resolve('connected'))
    old.once('error', () => resolve('refused'))
  })
  expect(outcome).toBe('refused')
  const plain = await new Promise((resolve) => {
    const socket = connect(front.port, '127.0.0.1', () =>
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
    )
    let heard = ''
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1')
    })
    socket.on('error', () => resolve(heard))
    socket.on('close', () => resolve(heard))
  })
  expect(plain).not.toContain('hello')
})
