// The shapes every room shares when it speaks FHIR R4: plain JSON values, nothing validated here.

export type Json = string | number | boolean | null | Json[] | JsonObject
export interface JsonObject {
  [name: string]: Json | undefined
}

/** A FHIR R4 resource as it stands on the wire. `id` is absent only before a server gave one. */
export interface Resource extends JsonObject {
  resourceType: string
  id?: string
}

export interface BundleLink {
  readonly relation: string
  readonly url: string
}

export interface BundleEntry {
  readonly fullUrl?: string
  readonly resource?: Resource
  readonly search?: { readonly mode?: 'match' | 'include' | 'outcome' }
}

/** FHIR R4 Bundle of type `searchset` as a search answers it. */
export interface SearchBundle {
  readonly resourceType: 'Bundle'
  readonly id?: string
  readonly type: 'searchset'
  readonly total?: number
  readonly link?: readonly BundleLink[]
  readonly entry?: readonly BundleEntry[]
}

export type IssueSeverity = 'fatal' | 'error' | 'warning' | 'information'

export interface OperationOutcome {
  readonly resourceType: 'OperationOutcome'
  readonly issue: readonly {
    readonly severity: IssueSeverity
    readonly code: string
    readonly diagnostics?: string
    readonly details?: { readonly text?: string }
    readonly expression?: readonly string[]
  }[]
}
