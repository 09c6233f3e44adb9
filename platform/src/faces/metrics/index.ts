// The door of the metrics face: samples in Prometheus' text form, on a listener of its own that is not for
// callers of the API. It has no keys, so it belongs on loopback or a network of one's own.

import { createServer } from 'node:http'
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** What is exposed; the same name always has the same labels. */
export interface ExposedSample {
  readonly name: string
  readonly help: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface MetricsFace {
  readonly port: number
  close(): Promise<void>
}

const HEADERS_MS_MAX = 5_000

/** Serves `GET /metrics`; `read` is asked at each scrape. Rejects when it cannot listen. */
export async function listenMetrics(options: {
  readonly host: string
  readonly port: number
  readonly version: string
  readonly read: () => Promise<readonly ExposedSample[]>
}): Promise<MetricsFace> {
  const own = new Registry()
  collectDefaultMetrics({ register: own })
  const server = createServer({ headersTimeout: HEADERS_MS_MAX }, (request, reply) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
      reply.writeHead(404).end()
      return
    }
    exposition(own, options).then(
      (text) => reply.writeHead(200, { 'content-type': own.contentType }).end(text),
      () => reply.writeHead(503).end(),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => resolve())
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function exposition(
  own: Registry,
  options: {
    readonly version: string
    readonly read: () => Promise<readonly ExposedSample[]>
  },
): Promise<string> {
  const registry = new Registry()
  const gauges = new Map<string, Gauge>()
  const info = { name: 'chartway_info', help: 'The version that runs' }
  const samples = [
    ...(await options.read()),
    { ...info, labels: { version: options.version }, value: 1 },
  ]
  for (const { name, help, labels, value } of samples) {
    const labelNames = Object.keys(labels)
    const gauge = gauges.get(name) ?? new Gauge({ name, help, labelNames, registers: [registry] })
    gauges.set(name, gauge)
    gauge.set(labels, value)
  }
  return `${await registry.metrics()}\n${await own.metrics()}`
}
