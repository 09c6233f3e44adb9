// Asks an installation everything its description offers, rightly and with canaries where they do not
// belong, and what other faces offer beside it. Knows only addresses.

import { allPages, type Rig } from '../rig.ts'
import type { Canaries } from './phi-canaries.ts'

export interface Answer {
  /** Method and template: where a leak was, without what leaked. */
  readonly name: string
  readonly status: number
  readonly headers: string
  readonly text: string
  /** Whether records of charts are a right answer here. */
  readonly charts: boolean
}

interface Probe {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly body?: string
  readonly type?: string
}

interface Plan {
  readonly practice: string
  readonly planted: Canaries
  readonly atLeast: number
}

/** Wall ms for one answer; a stream is left after that. */
const ANSWER_MS_MAX = 5_000
const TOGETHER = 8
/** Parameters that take an id, which the ledger keeps as it was asked. */
const IDS = /^(patient|provider|facility|encounter|practitioner|location|id)$/
/** What is not about charts; everything else may rightly show them. */
const NOT_CHARTS =
  /^\/(v1\/(practices|counts|freshness|budget|sync|calls|keys|audit|sessions?|users|invitations|signing-keys|clients|outbound|backups?|exports?)\b|jwks|errors|health|metrics|openapi|oauth|\.well-known)/

export async function probe(rig: Rig, plan: Plan): Promise<readonly Answer[]> {
  const description = await rig.get('/openapi.json')
  let next = 0
  const word = () => {
    const { words } = plan.planted
    next = (next + 7) % words.length
    return words[next] ?? ''
  }
  // In an id's place stands somebody's id, and a name is nobody's word: what a caller asks about, and the
  // names it gives, are in the ledger and in positions by design.
  const id = () => {
    const { ids } = plan.planted
    next = (next + 7) % ids.length
    return ids[next] ?? ''
  }
  const probes = [
    ...described(description, plan, { word, id }),
    ...facade(plan, word),
    ...(await agents(rig, word)),
  ]
  const answers: Answer[] = []
  const repeated = Array.from({ length: Math.ceil(plan.atLeast / probes.length) }, () => probes)
  const waiting = repeated.flat().values()
  await Promise.all(
    Array.from({ length: TOGETHER }, async () => {
      for (const one of waiting) answers.push(await ask(rig, one))
    }),
  )
  answers.push(...(await wholePractice(rig, plan)))
  return answers
}

async function ask(rig: Rig, { name, method, path, body, type }: Probe): Promise<Answer> {
  const charts = !NOT_CHARTS.test(path)
  try {
    const reply = await fetch(rig.url + path, {
      method,
      redirect: 'manual',
      headers: {
        authorization: `Bearer ${rig.key}`,
        accept: 'application/json, text/event-stream',
        ...(body === undefined ? {} : { 'content-type': type ?? 'application/json' }),
      },
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
      ...(body === undefined ? {} : { body }),
    })
    const headers = JSON.stringify([...reply.headers])
    const text = await reply.text().catch(() => '')
    return { name, status: reply.status, headers, text, charts }
  } catch {
    // A stream that has no end: it was begun and is left.
    return { name, status: 0, headers: '', text: '', charts }
  }
}

/** Every operation of the description, with right input where it only reads, and garbled always. */
function described(
  description: unknown,
  plan: Plan,
  { word, id }: { readonly word: () => string; readonly id: () => string },
): readonly Probe[] {
  const { paths } = description as { paths: Record<string, Record<string, Described>> }
  return Object.entries(paths).flatMap(([template, methods]) =>
    Object.entries(methods).flatMap(([method, { parameters = [] }]) => {
      const name = `${method.toUpperCase()} ${template}`
      const fill = (value: (parameter: string) => string) =>
        template.replaceAll(/\{(\w+)\}/g, (_, parameter) => encodeURIComponent(value(parameter)))
      const right = (parameter: string) => rightValue(parameter, plan)
      const queries = parameters.filter((one) => one.in === 'query').map((one) => one.name)
      const reading = method === 'get'
      const garbled = queries.map((query) => ({
        ...{ name: `${name}?${query}`, method: method.toUpperCase() },
        path: `${fill(right)}?practice=${plan.practice}&${query}=${IDS.test(query) ? id() : word()}`,
      }))
      const posts = [
        JSON.stringify({ nonsense: word() }),
        JSON.stringify({ name: word(), user: word(), password: word(), practice: word() }),
        `{"broken": "${word()}`,
      ]
      return [
        ...(reading
          ? [{ name, method: 'GET', path: `${fill(right)}?practice=${plan.practice}` }]
          : []),
        { name: `${name} garbled`, method: method.toUpperCase(), path: fill(id) },
        { name: `PUT ${template}`, method: 'PUT', path: fill(id), body: word() },
        ...(reading ? garbled : []),
        ...(method === 'post'
          ? posts.map((body) => ({ name: `${name} body`, method: 'POST', path: fill(id), body }))
          : []),
      ]
    }),
  )
}

interface Described {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
}

function rightValue(parameter: string, { practice, planted }: Plan): string {
  const known: Readonly<Record<string, string>> = {
    practice,
    collection: 'patients',
    organization: 'home',
    code: 'NOT_FOUND',
  }
  return known[parameter] ?? planted.patients[0] ?? ''
}

/** The FHIR facade, and the addresses of our own that the description does not list. */
function facade({ practice, planted }: Plan, word: () => string): readonly Probe[] {
  const base = `/fhir/r4/${practice}`
  const patient = planted.patients[0] ?? ''
  const form = 'application/x-www-form-urlencoded'
  const gets = [
    `${base}/metadata`,
    `${base}/Patient/${patient}`,
    `${base}/Patient/${patient}/_history`,
    `${base}/Patient/${planted.ids.at(-1)}`,
    `${base}/Patient?_id=${patient}`,
    `${base}/Patient?family=${word()}`,
    `${base}/Patient?identifier=${word()}`,
    `${base}/Patient?nonsense=${word()}`,
    `${base}/Patient?birthdate=${word()}`,
    `${base}/Observation?patient=${patient}&category=laboratory`,
    `${base}/Observation?patient=${word()}&date=${word()}`,
    `${base}/Condition?patient=${patient}&_include=${word()}`,
    `${base}/Nonsense/${word()}`,
    `${base}/Patient/${patient}/_history/${word()}`,
    `/fhir/r4/${word()}/Patient/${patient}`,
    `/${word()}`,
    `/patients?name=${word()}`,
    `/appointments?patient=${word()}`,
    `/encounters?patient=${patient}`,
    `/metrics?nonsense=${word()}`,
    `/oauth/authorize?client_id=${word()}&state=${word()}&redirect_uri=https://${word()}.test`,
    `/v1/resources/patients/${patient}%00${word()}`,
  ].map((path) => ({ name: `GET ${template(path, planted)}`, method: 'GET', path }))
  const posts = [
    { path: `${base}/Patient/_search`, body: `family=${word()}`, type: form },
    { path: `${base}/Patient/_search`, body: `nonsense=${word()}`, type: form },
    { path: `${base}/Patient`, body: JSON.stringify({ resourceType: word() }) },
    { path: '/oauth/token', body: `grant_type=${word()}&client_assertion=${word()}`, type: form },
  ].map((one) => ({ ...one, name: `POST ${template(one.path, planted)}`, method: 'POST' }))
  return [...gets, ...posts]
}

/** An address without what was planted in it, to name it by. */
function template(path: string, { words, ids }: Canaries): string {
  return [...words, ...ids].reduce((text, canary) => text.replaceAll(canary, '…'), path)
}

async function agents(rig: Rig, word: () => string): Promise<readonly Probe[]> {
  const message = (method: string, params: object) =>
    JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const post = (name: string, body: string) => ({ name, method: 'POST', path: '/mcp', body })
  const listed = await ask(rig, post('tools/list', message('tools/list', {})))
  const tools: readonly { readonly name: string }[] = JSON.parse(listed.text).result.tools
  return [
    ...tools.flatMap(({ name }) => [
      post(`tool ${name}`, message('tools/call', { name, arguments: {} })),
      post(
        `tool ${name} garbled`,
        message('tools/call', { name, arguments: { nonsense: word(), practice: word() } }),
      ),
    ]),
    post('tool absent', message('tools/call', { name: word(), arguments: {} })),
    post('message broken', `{"jsonrpc": "${word()}`),
    post('method absent', message(word(), {})),
  ]
}

/** Charts as they are rightly shown: without them nothing has gone through. */
async function wholePractice(rig: Rig, { practice }: Plan): Promise<readonly Answer[]> {
  const kinds = ['patients', 'conditions', 'observations', 'encounters', 'document-references']
  const pages = await Promise.all(
    kinds.map(async (kind) => ({
      kind,
      items: await allPages(rig.get, `/v1/resources/${kind}?practice=${practice}`),
    })),
  )
  return pages.flatMap(({ kind, items }) =>
    items.map((item) => ({
      ...{ name: `item of ${kind}`, status: 200, headers: '', charts: true },
      text: JSON.stringify(item),
    })),
  )
}
