// What happens to every record of a living practice before it is stored: the vendor's dress, security
// labels where they are shown, hostile words where the preset wants them.

import type { JsonObject, Resource } from '@chartway/codecs/fhir'
import { dress } from './dress.ts'
import type { Injections } from './injections.ts'
import type { Sensitivity, Setting } from './setting.ts'
import { coding } from './shapes.ts'

export interface Finish {
  /** As the vendor stores it when it changed at `at`, epoch ms. */
  dressed(resource: Resource, at: number): Resource
  /** The words people typed, hostile ones among them. */
  typed(resource: Resource): Resource
}

const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality'
const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'

/** HL7 v3 Confidentiality and ActCode; that this vendor shows any of them is a guess. [G] */
const LABELS: Readonly<Record<Sensitivity, readonly JsonObject[]>> = {
  psychiatry: [coding(CONFIDENTIALITY, 'R'), coding(ACT_CODE, 'PSY')],
  'substance-use': [
    coding(CONFIDENTIALITY, 'R'),
    coding(ACT_CODE, 'ETH'),
    coding(ACT_CODE, '42CFRPart2'),
  ],
}

/** `areLabelled` is asked at every record. */
export function createFinish(
  setting: Setting,
  options: { readonly injections: Injections; readonly areLabelled: () => boolean },
): Finish {
  const labels = (resource: Resource) => {
    const why = setting.sensitive.get(`${resource.resourceType}/${resource.id}`)
    return why === undefined || !options.areLabelled() ? [] : LABELS[why]
  }
  return {
    dressed: (resource, at) => dress(resource, at, labels(resource)),
    typed: (resource) => options.injections.into(resource),
  }
}
