// A FHIR answer: JSON text and what stands beside it. Status, media types and header names are the
// face's.

import { Written } from '../operation.ts'

export class FhirAnswer extends Written {
  /** Epoch ms; undefined when the answer has no time of its own. */
  readonly lastModified: number | undefined
  /** How the record came in, as `pathway; search`. */
  readonly provenance: string | undefined

  constructor(
    text: string,
    of: {
      readonly version?: number
      readonly asOf?: number | undefined
      readonly lastModified?: number
      readonly provenance?: string
    } = {},
  ) {
    super(text, of)
    this.lastModified = of.lastModified
    this.provenance = of.provenance
  }
}
