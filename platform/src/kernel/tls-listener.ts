// TLS in front of an HTTP server: takes encrypted connections and hands them in as its own. The
// certificate can be changed while it runs. It knows nothing of what is served.

import type { Server } from 'node:http'
import { createSecureContext, createServer, type SecureContextOptions } from 'node:tls'
import { ChartwayError } from './errors.ts'

export interface TlsFiles {
  /** PEM: the certificate and what leads up to its issuer, and the key. */
  readonly certificate: string
  readonly key: string
}

export interface TlsListener {
  readonly port: number
  /** For connections from now on. Throws CONFIG_INVALID, and leaves the old one. */
  change(files: TlsFiles): void
  close(): Promise<void>
}

const HANDSHAKE_MS_MAX = 10_000

/** Nothing older than TLS 1.2 is spoken (RFC 8996). Throws CONFIG_INVALID for what is no certificate. */
function context({ certificate, key }: TlsFiles): SecureContextOptions {
  const options: SecureContextOptions = { cert: certificate, key, minVersion: 'TLSv1.2' }
  try {
    createSecureContext(options)
  } catch (cause) {
    const variable = 'CHARTWAY_TLS_CERTIFICATE'
    const details = { variable, wanted: 'a certificate and its key, both as PEM' }
    throw new ChartwayError('CONFIG_INVALID', { details, cause })
  }
  return options
}

/** Listens; rejects when the port is taken, and with CONFIG_INVALID for what is no certificate. */
export async function listenTls(
  server: Server,
  files: TlsFiles,
  at: { readonly host: string; readonly port: number },
): Promise<TlsListener> {
  const open = new Set<{ destroy(): void }>()
  const front = createServer(
    { ...context(files), handshakeTimeout: HANDSHAKE_MS_MAX },
    (socket) => {
      open.add(socket)
      socket.once('close', () => open.delete(socket))
      server.emit('connection', socket)
    },
  )
  // Whoever cannot speak TLS, or an old one only, is closed on.
  front.on('tlsClientError', (_error, socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    front.once('error', reject)
    front.listen(at.port, at.host, () => resolve())
  })
  const address = front.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    change: (changed) => front.setSecureContext(context(changed)),
    close: () =>
      new Promise((resolve) => {
        front.close(() => resolve())
        for (const socket of open) socket.destroy()
      }),
  }
}
