// The capability statement, written from the table of types with the vendor's oddities. It says the
// same to every practice and every build.

import { type Draft, FHIR_JSON } from '../reply.ts'
import type { Switches } from '../switches.ts'
import { VENDOR_ZONE, zoneOf } from '../zone.ts'
import { TYPES, type TypeRule } from './tables.ts'

const EXPORT = 'http://hl7.org/fhir/uv/bulkdata/OperationDefinition/Global-i-export'
const EVERYTHING = 'EncounterPatient-i-everything'
const SHOULD = {
  url: 'http://hl7.org/fhir/StructureDefinition/capabilitystatement-expectation',
  valueCode: 'SHOULD',
}
/** The practice the vendor's statement names, whoever asks [P]. */
const OTHER_PRACTICE = 'CFFIBD'
const HOST = 'fhir4.eclinicalworks.com'

export interface MetadataContext {
  readonly publicUrl: string
  readonly code: string
  readonly now: number
  readonly switches: Switches
}

/** `metadata` as captured 2026-08-14 [P]; the security URLs lead to this sandbox. */
export function metadata(context: MetadataContext): Draft {
  const { publicUrl, switches } = context
  const practice = switches.is('metadata-url', 'own') ? context.code : OTHER_PRACTICE
  const definitions = `https://${HOST}/fhir/r4/${practice}/OperationDefinition`
  const div = '<div xmlns="http://www.w3.org/1999/xhtml">eClinicalWorks FHIR Facade Service</div>'
  const statement = {
    resourceType: 'CapabilityStatement',
    id: 'eCWFhirFacade',
    text: { status: 'generated', div },
    url: `http://${HOST}/fhir/r4/${practice}/metadata?_format=json`,
    version: '2.0',
    name: 'eCW FHIR Facade',
    status: 'active',
    date: zoneOf(VENDOR_ZONE).stamp(context.now),
    publisher: 'eClinicalWorks',
    kind: 'instance',
    instantiates: [
      'http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data',
      'http://hl7.org/fhir/us/core/CapabilityStatement/us-core-server',
    ],
    software: { name: 'eCW FHIR Facade', version: '1.6' },
    implementation: {
      description: 'eClinicalWorks FHIR Facade Service',
      url: `https://${HOST}/fhir/r4`,
    },
    fhirVersion: '4.0.1',
    format: ['xml', 'json'],
    rest: [
      {
        mode: 'server',
        security: security(publicUrl),
        resource: [...TYPES.values()].map((rule) => resource(rule, definitions)),
        operation: [{ extension: [SHOULD], name: 'export', definition: EXPORT }],
      },
    ],
  }
  return { status: 200, headers: [['Content-Type', FHIR_JSON]], body: JSON.stringify(statement) }
}

function security(publicUrl: string) {
  const code = 'SMART-on-FHIR'
  const system = 'http://terminology.hl7.org/CodeSystem/restful-security-service'
  return {
    extension: [
      {
        url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
        extension: [
          { url: 'authorize', valueUri: `${publicUrl}/oauth/oauth2/authorize` },
          { url: 'token', valueUri: `${publicUrl}/oauth/oauth2/token` },
        ],
      },
    ],
    cors: true,
    service: [
      {
        coding: [{ system, code }],
        text: 'OAuth2 using SMART-on-FHIR profile (see http://docs.smarthealthit.org)',
      },
    ],
  }
}

function resource(rule: TypeRule, definitions: string) {
  const operation = operationsOf(rule.type, definitions)
  const profile = `http://hl7.org/fhir/us/core/StructureDefinition/${rule.profile}`
  const searchParam = [...rule.parameters.values()].map(({ name, type }) => ({ name, type }))
  return {
    type: rule.type,
    profile: `http://hl7.org/fhir/StructureDefinition/${rule.type}`,
    ...(rule.profile === undefined ? {} : { supportedProfile: [profile] }),
    interaction: [...rule.interactions].map((code) => ({ code })),
    searchInclude: rule.includes,
    searchRevInclude: rule.revincludes,
    ...(searchParam.length === 0 ? {} : { searchParam }),
    ...(operation.length === 0 ? {} : { operation }),
  }
}

/** Declared and not simulated: bulk export and `$everything` are refused when called. */
function operationsOf(type: string, definitions: string) {
  if (type === 'Patient' || type === 'Encounter') {
    return [{ name: 'everything', definition: `${definitions}/${EVERYTHING}` }]
  }
  if (type !== 'Group') return []
  return [
    { name: 'export', definition: `${definitions}/Global-i-export` },
    { extension: [SHOULD], name: 'export', definition: EXPORT },
  ]
}
