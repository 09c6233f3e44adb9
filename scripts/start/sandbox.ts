// The sandbox of `npm start`, on sockets of this process, with its operator's port.

import { randomBytes } from 'node:crypto'
import { wantedScopes } from '@chartway/platform'
import { createSandbox, scaledClock, startListeners } from 'chartway-sandbox'
import type { Time } from './clock-file.ts'
import type { Settings } from './settings.ts'

export const CLIENT_ID = 'chartway-start'
const JWKS_MS_MAX = 5_000

export interface StartedSandbox extends AsyncDisposable {
  readonly url: string
  readonly operatorUrl: string
  readonly operatorSecret: string
  /** Registers our application with the vendor and activates it at the practice. */
  activate(jwksUrl: string): void
}

export async function startSandbox(settings: Settings, time: Time): Promise<StartedSandbox> {
  const { host, sandboxPort, operatorPort, practiceCode } = settings
  const clock = scaledClock({ ...time, factor: settings.timeScale })
  const url = `http://${host}:${sandboxPort}`
  const sandbox = createSandbox({
    clock,
    seed: settings.seed,
    startsAt: time.worldStartsAt,
    publicUrl: url,
    preset: settings.preset,
    practices: [
      {
        kind: 'living',
        code: practiceCode,
        name: 'Riverside Family Practice',
        timeZone: settings.timeZone,
        patients: settings.patients,
        facilities: 2,
        providers: 6,
        lives: true,
      },
    ],
    fetchJwks,
  })
  const operatorSecret = randomBytes(18).toString('base64url')
  const listeners = await startListeners({
    sandbox,
    clock,
    host,
    port: sandboxPort,
    operatorPort,
    operatorSecret,
  }).catch((error: unknown) => {
    throw portTaken(error)
  })
  return {
    url,
    operatorUrl: `http://${host}:${listeners.operatorPort}`,
    operatorSecret,
    activate: (jwksUrl) =>
      sandbox.operator.registerApp({
        clientId: CLIENT_ID,
        name: 'Chartway',
        jwksUrl,
        jwksAllowed: true,
        scopes: wantedScopes({ dialect: 'eclinicalworks', overrides: {} }),
        activatedFor: [practiceCode],
      }),
    [Symbol.asyncDispose]: () => listeners.close(),
  }
}

async function fetchJwks(url: string): Promise<{ status: number; body: string }> {
  try {
    const reply = await fetch(url, { signal: AbortSignal.timeout(JWKS_MS_MAX) })
    return { status: reply.status, body: await reply.text() }
  } catch {
    return { status: 0, body: '' } // What the vendor sees of a JWKS that cannot be reached.
  }
}

function portTaken(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') return error
  const port = 'port' in error ? ` ${String(error.port)}` : ''
  return new Error(
    `PORT_IN_USE: port${port} is taken. Stop what listens there, or choose others with ` +
      'CHARTWAY_PORT, CHARTWAY_SANDBOX_PORT and CHARTWAY_OPERATOR_PORT.',
    { cause: error },
  )
}
