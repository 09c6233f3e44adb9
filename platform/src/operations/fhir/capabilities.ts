// The CapabilityStatement, made of the same tables by which searches are read and answered. It says
// nothing of a practice, not even whether there is one.

import type { JsonObject } from '@chartway/codecs/fhir'
import { parametersOf, SEARCHED_TYPES } from '@chartway/codecs/fhir/search'
import { z } from 'zod'
import { publicOperation } from '../operation.ts'
import { FhirAnswer } from './answer.ts'
import { fhirResource } from './fields.ts'
import { inclusionsOf } from './includes.ts'
import { COUNT_MAX, EXAMINED_MAX } from './search-run.ts'
import { coreOf } from './us-core.ts'

/** When what is said here was last changed. */
const CHANGED = '2026-11-21'
const SMART = 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris'
const EXPECTATION = 'http://hl7.org/fhir/StructureDefinition/capabilitystatement-expectation'
const COMBINATION =
  'http://hl7.org/fhir/StructureDefinition/capabilitystatement-search-parameter-combination'
const INTERACTIONS = ['read', 'vread', 'history-instance', 'history-type', 'search-type']

export const fhirCapabilities = publicOperation({
  name: 'fhir.capabilities',
  summary: 'What the FHIR interface serves',
  input: z.strictObject({
    base: z.string().describe('The address below which the practice stands'),
    issuer: z.string().describe('The address below which tokens are issued'),
  }),
  output: fhirResource,
  run: async (_context, { base, issuer }) =>
    new FhirAnswer(JSON.stringify(capabilityStatement(base, issuer))),
})

function capabilityStatement(base: string, issuer: string): JsonObject {
  return {
    resourceType: 'CapabilityStatement',
    url: `${base}/metadata`,
    name: 'ChartwayFhir',
    title: 'A practice, mirrored',
    status: 'active',
    date: CHANGED,
    kind: 'instance',
    software: { name: 'Chartway' },
    implementation: { description: 'Read from a mirror of the practice', url: base },
    fhirVersion: '4.0.1',
    format: ['json', 'application/fhir+json'],
    implementationGuide: ['3.1.1', '6.1.0'].map(
      (version) => `http://hl7.org/fhir/us/core/ImplementationGuide/hl7.fhir.us.core|${version}`,
    ),
    rest: [
      {
        mode: 'server',
        documentation: DOCUMENTATION,
        security: securityOf(issuer),
        resource: SEARCHED_TYPES.map(resourceOf),
      },
    ],
  }
}

const DOCUMENTATION = [
  'Answers come from a mirror; the header chartway-as-of says how old they are.',
  'meta.versionId counts the states that the mirror has seen, meta.lastUpdated is when it saw this one;',
  "the practice's own time of the last change is an extension of meta.",
  'Dates without a zone, in a search and in a record, are read in the time zone of the practice.',
  'A period is compared as a whole, and a missing bound is beyond every date.',
  'Tokens are compared with their case, strings without case and accents from their beginning.',
  'A quantity is compared in the unit in which it is written, without its comparator.',
  `_count is at most ${COUNT_MAX}; one request looks at no more than ${EXAMINED_MAX} records.`,
  'A search that names no patient is answered where rows are kept for it; another is refused as too',
  'costly. Unknown parameters are ignored and named, or refused with Prefer: handling=strict.',
  'Not served: _has, composite parameters, :iterate, :in, :above and :below, _summary=true and text,',
  'chains of more than one step, writing, and XML.',
].join(' ')

function securityOf(issuer: string): JsonObject {
  const uri = (url: string, path: string) => ({ url, valueUri: `${issuer}/oauth/${path}` })
  return {
    extension: [{ url: SMART, extension: [uri('token', 'token'), uri('authorize', 'authorize')] }],
    service: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/restful-security-service',
            code: 'SMART-on-FHIR',
          },
        ],
      },
    ],
    description:
      'SMART App Launch and Backend Services, or a key of the organization as bearer token',
  }
}

function resourceOf(type: string): JsonObject {
  const core = coreOf(type)
  const { includes, revincludes } = inclusionsOf(type)
  const missed = core?.missed ?? []
  return {
    ...(core === undefined ? {} : { extension: combinationsOf(core) }),
    type,
    ...(core === undefined || core.profiles.length === 0
      ? {}
      : { supportedProfile: [...core.profiles] }),
    ...(missed.length === 0
      ? {}
      : {
          documentation: `US Core's searches are served; its ${missed.join(', ')} is not, so no profile is declared`,
        }),
    interaction: INTERACTIONS.map((code) => ({ code })),
    versioning: 'versioned',
    readHistory: true,
    updateCreate: false,
    conditionalCreate: false,
    conditionalRead: 'not-match',
    conditionalUpdate: false,
    conditionalDelete: 'not-supported',
    referencePolicy: ['literal', 'local'],
    ...(includes.length === 0 ? {} : { searchInclude: [...includes] }),
    ...(revincludes.length === 0 ? {} : { searchRevInclude: [...revincludes] }),
    searchParam: parametersOf(type).map(({ name, type: kind }) => ({ name, type: kind })),
  }
}

/** Which parameters US Core asks for together, with their weight. */
function combinationsOf({
  shall,
  should,
}: {
  readonly shall: readonly string[]
  readonly should: readonly string[]
}): JsonObject[] {
  const weighed = [
    ...shall.map((names) => [names, 'SHALL'] as const),
    ...should.map((names) => [names, 'SHOULD'] as const),
  ]
  return weighed
    .filter(([names]) => names.includes('+'))
    .map(([names, weight]) => ({
      extension: [
        { url: EXPECTATION, valueCode: weight },
        ...names.split('+').map((name) => ({ url: 'required', valueString: name })),
      ],
      url: COMBINATION,
    }))
}
